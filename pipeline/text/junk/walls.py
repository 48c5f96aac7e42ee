"""What walls, error pages and consent forms say; nothing of it stands in news, or only quoted."""

from __future__ import annotations

import re

WALLS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("bot-wall", re.compile(
        r"you(?:['’]re| are) not a robot|that you are (?:a )?human|verif(?:y|ying) (?:that )?you(?:['’]re| are)"
        r"|verifying your browser"
        r"|checking (?:if the site|your browser)|complete the captcha|just a moment|attention required"
        r"|access (?:is |to this page )?(?:has been )?denied"
        r"|unusual traffic|request (?:has been )?blocked|ddos protection|n['’]etes pas un robot"
        r"|etes (?:bien )?(?:un )?humain"
        r"|verification de (?:votre navigateur|securite)|kein roboter|ein mensch sind|no eres un robot|no soy un robot"
        r"|non sei un robot|nao e um robo|geen robot|nie jestes robotem|не робот"
        r"|while we verify your browser|sprawdzamy,? czy jestes czlowiekiem|comprobando (?:si|que) eres humano"
        r"|проверяем ваш браузер|подтвердите, что вы человек|insan oldugunuzu"
        r"|ロボットではない|不是机器人|人机验证|请完成安全验证")),
    ("javascript", re.compile(
        r"(?:enable|activate|requires?|turn on|activer|aktivieren|habilit\w{1,4}|activ[ae]r?|abilit\w{1,4}"
        r"|attiv\w{1,4}|ativ\w{1,4}|inschakelen"
        r"|wlacz\w{0,2}) (?:le |el |il |o |den )?java ?script|java ?script[^.]{0,50}(?:disabled|not enabled"
        r"|required|pas active|desactive"
        r"|deaktiviert|aktivieren|deshabilitado|disabilitato|desativado|uitgeschakeld|inschakelen|wylaczon"
        r"|must be enabled)"
        r"|prosim\w* wlaczyc (?:obsluge )?java ?script|wlacz\w* obsluge java ?script|java ?script['’]i etkin"
        r"|(?:vanligen |venligst )?(?:aktivera|aktiver|sla pa) java ?script|включите javascript"
        r"|javascriptを有効|启用 ?javascript")),
    ("cookie-wall", re.compile(
        r"^.{0,120}(?:we use (?:\w+ ){0,3}cookies|nous utilisons (?:\w+ ){0,3}(?:des )?cookies"
        r"|ce site (?:web )?utilise des cookies"
        r"|en plus des cookies strictement|wir verwenden (?:\w+ ){0,3}cookies"
        r"|diese (?:web)?seite verwendet cookies|utilizamos (?:\w+ ){0,3}cookies"
        r"|este sitio (?:web )?utiliza cookies|utilizziamo (?:\w+ ){0,3}cookie|questo sito utilizza (?:i )?cookie"
        r"|este site utiliza cookies"
        r"|wij gebruiken (?:\w+ ){0,3}cookies|deze (?:web)?site (?:gebruikt|maakt gebruik van) cookies"
        r"|uzywamy (?:\w+ ){0,3}(?:plikow )?cookie"
        r"|this (?:web)?site uses cookies|vi (?:anvander|bruger|bruker) (?:\w+ ){0,2}cookies)", re.DOTALL)),
    ("paywall", re.compile(
        r"reserve(?:e|es|s)? (?:a nos |aux )abonnes|exclusivite abonnes|il vous reste .{0,20} a lire|(?:only"
        r"|exclusive) (?:for|to) subscribers"
        r"|subscribe to (?:continue|read)|to continue reading|already a subscriber|nur fur abonnenten"
        r"|exklusiv fur abonnenten"
        r"|(?:solo|exclusivo) para suscriptores|contenido exclusivo|riservato agli abbonati"
        r"|exclusivo para assinantes|alleen voor abonnees"
        r"|tylko dla (?:subskrybentow|prenumeratorow)|会員限定|有料会員になると|订阅后|付费内容"
        r"|only available to subscribers"
        r"|(?:article|story|content) is (?:only )?for (?:our )?(?:paying )?subscribers|subscribe to unlock"
        r"|reached your (?:free )?(?:monthly )?(?:free )?article limit|articles? limit reached"
        r"|nur mit (?:einem )?(?:\w{2,12}-?)?abo(?:nnement)? (?:lesbar|lesen|verfugbar)|weiter mit dem \w{2,12}-?abo"
        r"|(?:bara|kun|endast) for (?:prenumeranter|abonnenter|abonnementer)|forbeholdt (?:abonnenter|medlemmer)"
        r"|vain tilaajille|только (?:для )?подписчик|доступен подписчикам|доступно подписчикам"
        r"|yalnizca aboneler|sadece aboneler|abonelere ozel|للمشتركين فقط|유료 ?회원|구독자 전용"
        r"|pouze pro predplatitele"
        r"|kizarolag elofizet|τους συνδρομητες|למנויים בלבד")),
    ("login", re.compile(
        r"(?:log ?in|sign in) to (?:continue|read|view)|connectez-vous (?:ou creez|pour)|bitte (?:melden sie sich"
        r"|loggen)|inicia sesion para"
        r"|logga in for att lasa|log ind for at laese|logg inn for a lese|войдите, чтобы|giris yapin"
        r"|로그인 후|سجل الدخول"
        r"|effettua il login per|inicie sessao para|log in om|zaloguj sie, aby|ログインして|请登录|登录后")),
    ("error-page", re.compile(
        r"^.{0,8}(?:\b40[134]\b.{0,6}(?:forbidden|not found|unauthorized|error)"
        r"|\b50[0234]\b.{0,40}(?:error|unavailable|gateway|time-?out))"
        r"|^.{0,60}(?:page (?:not found|you(?:['’]re| are| were)? .{0,24}(?:not|n['’]t|moved))"
        r"|page (?:introuvable|non trouvee)|page que vous (?:recherchez|cherchez|demandez).{0,12} n['’]"
        r"|(?:seite|artikel) (?:wurde |konnte )?nicht (?:gefunden|verfugbar)"
        r"|pagina (?:no|non|niet|nao) (?:encontrada|trovata|gevonden)"
        r"|no se (?:ha )?encontr\w+ la pagina|nie znaleziono strony|sidan (?:kunde inte|hittades inte)"
        r"|страница не найдена|ページが見つかりません|页面不存在|找不到页面|sayfa bulunamadi|페이지를 찾을 수 없)")),
    ("aggregator", re.compile(r"(?:article|comments) url: ?https?://")),
    ("code", re.compile(r"^\s*[.#]?[\w-]+ ?\{ ?[\w-]+:|^\s*(?:function|var|window)\b.{0,40}[({=]")),
)  # fmt: skip
#: Words of a site's notices that news may use, too: they say something only of a text that tells nothing of its title.
NOTICES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("bot-wall", re.compile(
        r"security check to access|captcha|reference #|\bray id\b|request id|acces refuse|autorisation d['’]acceder"
        r"|zugriff verweigert|acceso denegado|accesso negato|acesso negado|toegang geweigerd|odmowa dostepu"
        r"|доступ (?:запрещ|ограничен)|erisim engellendi|访问被拒绝|アクセスが拒否"
        r"|(?:votre|ihr|su|il tuo|seu|je|uw|twoja?) (?:navigateur|browser|navegador|przegladark\w)\b.{0,30}"
        r"(?:verifi|uberpruft|comprob|controll|gecontroleerd|sprawdz)"
        r"|(?:connexion|verbindung|conexion|connessione|conexao|verbinding|polaczenie)\b.{0,30}"
        r"(?:securisee|sicher|segura|sicura|veilig|bezpieczne)|正在检查您的浏览器|ブラウザを確認")),
    ("cookie-wall", re.compile(
        r"respect de votre vie privee|we value your privacy|valoramos (?:tu|su) privacidad"
        r"|(?:nos|our|unsere|nuestros|nostri|nossos|onze) \d+ (?:partenaires|partners?|partnern?|socios|fornitori"
        r"|parceiros)"
        r"|nous et nos (?:\d+ )?partenaires|we and our (?:\d+ )?partners|wir und unsere (?:\d+ )?partner"
        r"|nosotros y nuestros (?:\d+ )?socios|noi e i nostri (?:\d+ )?(?:fornitori|partner)"
        r"|nos e (?:os )?nossos parceiros"
        r"|accept(?:er|ez) les cookies|mit werbung (?:und \w+ )?weiterlesen"
        r"|toestemming voor het plaatsen|(?:anvander|bruker|bruger) (?:kakor|cookies)|godkann alla"
        r"|zgod\w+ na (?:pliki )?cookie"
        r"|использует (?:файлы )?cookie|cookieを使用|使用cookie|쿠키를 사용")),
    ("error-page", re.compile(
        r"\b(?:erreur|error|fehler|errore|erro|fout|blad|fel|hata|ошибка|오류|エラー) ?(?:code|kodu)?:? ?(?:40[0-9]|410"
        r"|429|451|50[0-9])\b"
        r"|page que vous (?:cherchez|demandez|recherchez)|could(?:n['’]t| not) find (?:that|the|this) page"
        r"|seite\b.{0,40}\bexistiert\b.{0,30}\bnicht|pagina (?:solicitada|que busca|richiesta)"
        r"|deze pagina bestaat niet"
        r"|strona, ktorej szukasz|too many requests|trop de requetes|zu viele anfragen|demasiadas solicitudes"
        r"|cok fazla istek|unavailable for legal reasons|from a country belonging to the european"
        r"|(?:site|seite|website|webseite|sitio|sito|serwis|strona)\b.{0,40}(?:maintenance|wartung|mantenimiento"
        r"|manutenzione"
        r"|manutencao|onderhoud|konserwac|przerw)|wartungsarbeiten|en maintenance|メンテナンス中|维护中|점검 중"
        r"|техническ\w+ работ")),
    ("paywall", re.compile(
        r"(?:your|the) limit of free articles|keep reading|kostenlos testen|(?:monatlich|jederzeit) kundbar"
        r"|sans engagement"
        r"|cancele quando quiser|assin(?:ar|e) (?:agora|a partir)|cancela cuando quieras|disdici quando vuoi"
        r"|cancel any ?time"
        r"|opzegbaar|bez zobowiazan|offre de rentree|articles en illimite|acceso ilimitado|acesso ilimitado|无限畅读")),
    ("login", re.compile(
        r"forgot(?:ten)? (?:your )?password|mot de passe oublie|passwort vergessen|olvid\w+ (?:tu|su|la) contrasena"
        r"|password dimenticata|esquec\w+ (?:a|sua) senha|wachtwoord vergeten|nie pamietasz hasla|забыли пароль"
        r"|パスワードを忘れ|忘记密码|비밀번호")),
)  # fmt: skip
