"""What the press of fifteen languages says of a fix and of attacks, in its own words: stated, denied, to come."""

from __future__ import annotations

import pytest
from facts_kit import facts, values

#: A title in each language that speaks of a flaw and states nothing of it.
TITLES = {
    "de": "Sicherheitslücke in Examplesoft Desk öffnet die Tür",
    "nl": "Kwetsbaarheid in Examplesoft Desk zet de deur open",
    "sv": "Sårbarhet i Examplesoft Desk öppnar dörren",
    "es": "Una vulnerabilidad en Examplesoft Desk abre la puerta",
    "pt": "Uma vulnerabilidade no Examplesoft Desk abre a porta",
    "it": "Una vulnerabilità in Examplesoft Desk apre la porta",
    "pl": "Podatność w Examplesoft Desk otwiera drzwi",
    "ru": "Уязвимость в Examplesoft Desk открывает дверь",
    "uk": "Вразливість в Examplesoft Desk відчиняє двері",
    "cs": "Zranitelnost v Examplesoft Desk otevírá dveře",
    "en": "Flaw in Examplesoft Desk opens the door",
    "fr": "Une faille d’Examplesoft Desk ouvre la porte",
    "tr": "Examplesoft Desk’te bulunan açık kapıyı aralıyor",
    "ja": "Examplesoft Desk に脆弱性",
    "ko": "Examplesoft Desk 취약점 발견",
    "zh": "Examplesoft Desk 漏洞",
    "ar": "ثغرة في Examplesoft Desk",
}

FIXED = [
    ("uk", "Компанія вже випустила оновлення 4.2."),
    ("uk", "Помилку усунули за добу."),
    ("uk", "Користувачам радять оновитися до версії 4.2."),
    ("cs", "Výrobce chybu opravil ve verzi 4.2."),
    ("cs", "Záplata je k dispozici od pondělí."),
    ("cs", "Správci by měli přejít na verzi 4.2."),
    ("ko", "제조사는 보안 업데이트를 배포했다."),
    ("de", "Mit Version 4.2 ist die Lücke Geschichte."),
    ("nl", "Sinds maandag is het lek verleden tijd."),
    ("es", "La compañía lo arregló en dos horas."),
    ("it", "Si raccomanda l'installazione dell'hotfix 4.2."),
    ("ru", "Производителю удалось исправить ошибку."),
    ("de", "Seit gestern steht Version 4.2 zum Herunterladen bereit."),
    ("de", "Der Hersteller hat die Panne noch am Abend beseitigt."),
    ("de", "Nutzer sollten auf 4.2.1 aktualisieren."),
    ("de", "Das Update lässt sich über die Einstellungen einspielen."),
    ("nl", "De maker heeft gisteren een update uitgebracht."),
    ("nl", "Het probleem is inmiddels opgelost."),
    ("nl", "Beheerders doen er goed aan te upgraden naar 4.2."),
    ("sv", "Bolaget har täppt till hålet."),
    ("sv", "En uppdatering finns att ladda ner."),
    ("sv", "Användare bör uppgradera till version 4.2."),
    ("es", "La firma subsanó el error el lunes."),
    ("es", "Ya está disponible el parche."),
    ("es", "Se aconseja actualizar cuanto antes a la versión 4.2."),
    ("pt", "A fabricante já liberou a correção."),
    ("pt", "O erro foi sanado no mesmo dia."),
    ("pt", "A recomendação é atualizar para a versão 4.2."),
    ("it", "Il produttore ha diffuso un aggiornamento."),
    ("it", "Il bug è stato sistemato in poche ore."),
    ("it", "Si consiglia di passare alla versione 4.2."),
    ("pl", "Producent udostępnił wczoraj poprawkę."),
    ("pl", "Błąd usunięto jeszcze tego samego dnia."),
    ("pl", "Zaleca się aktualizację do wersji 4.2."),
    ("ru", "Производитель выпустил обновление."),
    ("ru", "Ошибку устранили в тот же день."),
    ("ru", "Рекомендуется обновиться до версии 4.2."),
    ("tr", "Şirket yamayı dün yayımladı."),
    ("tr", "Sorun aynı gün giderildi."),
    ("ja", "開発元は修正版を公開した。"),
    ("ja", "バージョン4.2で修正された。"),
    ("ko", "제조사는 어제 보안 업데이트를 배포했다."),
    ("ko", "회사는 취약점을 하루 만에 해결했다."),
    ("zh", "厂商当天堵上了漏洞。"),
    ("ar", "أصدرت الشركة تحديثا أمنيا للثغرة."),
]

UNFIXED = [
    ("uk", "Виправлення поки немає."),
    ("uk", "Виробник оновлення не надав."),
    ("uk", "Розробник працює над латкою."),
    ("cs", "Oprava zatím není k dispozici."),
    ("cs", "Výrobce chybu opravovat nehodlá."),
    ("cs", "Firma na záplatě pracuje."),
    ("en", "Examplesoft expects to ship an update in spring."),
    ("fr", "L’éditeur promet un correctif pour la semaine prochaine."),
    ("nl", "Reparatie is volgens de maker niet mogelijk."),
    ("ko", "업체는 펌웨어로는 못 고친다고 인정했다."),
    ("tr", "Şirket düzeltmenin henüz hazır olmadığını bildirdi."),
    ("de", "Der Hersteller sieht keinen Handlungsbedarf."),
    ("de", "Auf ein Update müssen Kunden bis Mai warten."),
    ("nl", "De fabrikant ziet geen noodzaak tot een oplossing."),
    ("sv", "Tillverkaren tänker inte åtgärda felet."),
    ("es", "La marca no piensa corregir el defecto."),
    ("pt", "A empresa não pretende corrigir o defeito."),
    ("it", "L'azienda non intende correggere il difetto."),
    ("pl", "Producent nie zamierza naprawić błędu."),
    ("ru", "Производитель отказался исправлять ошибку."),
    ("tr", "Üretici düzeltmeye gerek görmüyor."),
    ("de", "Ein Patch ist noch nicht erschienen."),
    ("de", "Der Anbieter arbeitet noch an einer Korrektur."),
    ("de", "Ein Update soll in den kommenden Wochen folgen."),
    ("de", "Die Baureihe wird nicht mehr unterstützt."),
    ("nl", "Een patch is er nog niet."),
    ("nl", "De fabrikant werkt aan een oplossing."),
    ("nl", "De update volgt later deze maand."),
    ("sv", "Någon rättning finns inte."),
    ("sv", "Företaget jobbar på en uppdatering."),
    ("sv", "Produkten stöds inte längre."),
    ("es", "No existe todavía ningún parche."),
    ("es", "La empresa prepara una actualización."),
    ("es", "El fabricante publicará la corrección en mayo."),
    ("pt", "Ainda não há correção para a falha."),
    ("pt", "A empresa trabalha em uma solução."),
    ("pt", "O modelo não recebe mais atualizações."),
    ("it", "Non esiste ancora una patch."),
    ("it", "L'azienda sta lavorando a un aggiornamento."),
    ("it", "Il produttore rilascerà una correzione in primavera."),
    ("pl", "Poprawki wciąż nie ma."),
    ("pl", "Firma pracuje nad aktualizacją."),
    ("pl", "Urządzeń nie da się zaktualizować."),
    ("ru", "Патча пока нет."),
    ("ru", "Компания работает над исправлением."),
    ("ru", "Обновление выйдет на следующей неделе."),
    ("tr", "Henüz bir yama yok."),
    ("tr", "Firma düzeltme üzerinde çalışıyor."),
    ("ja", "修正版はまだ提供されていない。"),
    ("ja", "メーカーは修正版を来月公開する予定。"),
    ("ko", "아직 패치가 나오지 않았다."),
    ("ko", "회사는 패치를 준비 중이라고 밝혔다."),
    ("zh", "厂商正在开发补丁。"),
    ("ar", "لا يوجد تحديث للثغرة حتى الآن."),
]

UNSAID_OF_A_FIX = [
    ("uk", "Невідомо, чи помилку виправили."),
    ("cs", "Zda byla chyba opravena, není známo."),
    ("cs", "Útočník může přepsat soubory."),
    ("it", "Un estraneo può installare programmi da remoto."),
    ("pl", "Obcy może zdalnie zainstalować program."),
    ("es", "Quien no haya instalado el programa no corre peligro."),
    ("de", "Wann ein Update erscheint, ist unklar."),
    ("de", "Wer die Lücke noch nicht geschlossen hat, sollte das Gerät abschalten."),
    ("de", "Bis ein Patch verfügbar ist, sollte man den Port sperren."),
    ("de", "Die Forscher haben ihren Bericht veröffentlicht."),
    ("nl", "Het is onduidelijk wanneer de patch verschijnt."),
    ("sv", "Forskarna har publicerat en rapport."),
    ("es", "Los autores publican el método en su blog."),
    ("pt", "Não se sabe quando a correção sairá."),
    ("it", "I ricercatori hanno pubblicato uno studio."),
    ("pl", "Badacze opublikowali raport."),
    ("ru", "Исследователи опубликовали отчёт."),
    ("tr", "Araştırmacılar raporlarını yayımladı."),
    ("ja", "研究者が詳細を公開した。"),
]

ATTACKED = [
    ("uk", "Зловмисники вже експлуатують вразливість."),
    ("uk", "Фахівці зафіксували атаки на міністерства."),
    ("cs", "Útočníci chybu aktivně zneužívají."),
    ("cs", "Hackeři přes ni ukradli data stovkám firem."),
    ("en", "It entered the Known Exploited Vulnerabilities catalog on Thursday."),
    ("fr", "Le laboratoire a observé des courriels piégés visant des notaires."),
    ("de", "Forscher zählen tausende gekaperte Router."),
    ("es", "Miles de routers han sido comprometidos."),
    ("pl", "Przestępcy stosowali lukę w kampanii szpiegowskiej."),
    ("de", "Kriminelle nutzen die Lücke bereits aus."),
    ("de", "Die Behörde hat erste Angriffe beobachtet."),
    ("de", "Botnetze missbrauchen den Fehler seit Januar."),
    ("nl", "Criminelen misbruiken het lek al weken."),
    ("nl", "Het bedrijf ziet dagelijks aanvalspogingen."),
    ("sv", "Angripare utnyttjar bristen sedan i mars."),
    ("sv", "Myndigheten bekräftar angrepp mot kommuner."),
    ("es", "Los atacantes ya aprovechan el fallo."),
    ("es", "Se han confirmado intrusiones en dos ministerios."),
    ("pt", "Criminosos já exploram a brecha."),
    ("pt", "O órgão registrou dezenas de ataques."),
    ("it", "I criminali stanno già sfruttando la falla."),
    ("it", "L'agenzia ha rilevato attacchi contro enti pubblici."),
    ("pl", "Przestępcy wykorzystują lukę od tygodnia."),
    ("pl", "Zespół odnotował pierwsze ataki."),
    ("ru", "Злоумышленники эксплуатируют уязвимость с марта."),
    ("ru", "Компания зафиксировала десятки атак."),
    ("tr", "Saldırganlar açığı istismar ediyor."),
    ("ja", "すでに悪用が確認されている。"),
    ("ja", "この脆弱性を突いた攻撃が相次いでいる。"),
    ("ko", "해커들이 이미 이 취약점을 악용하고 있다."),
    ("zh", "黑客正在利用该漏洞。"),
    ("ar", "رصدت الشركة هجمات تستهدف الثغرة."),
]

SPARED = [
    ("uk", "Випадків експлуатації не зафіксовано."),
    ("uk", "Ніхто нею не скористався."),
    ("cs", "Firma nezaznamenala žádné zneužití."),
    ("cs", "O žádných útocích neví."),
    ("en", "Neither the agency nor the company knows of patient harm."),
    ("ko", "실제 범죄에 쓰인 정황은 없다."),
    ("de", "Die Protokolle zeigten keine fremden Zugriffe."),
    ("es", "Ninguno de los fallos ha sido aprovechado."),
    ("pl", "Nie doszło do wycieku."),
    ("it", "Nessun dato è stato sottratto."),
    ("de", "Hinweise auf Missbrauch gibt es laut Hersteller nicht."),
    ("de", "Niemand habe die Lücke genutzt, heißt es."),
    ("de", "Nutzer seien nicht zu Schaden gekommen."),
    ("nl", "Er zijn geen aanwijzingen voor misbruik."),
    ("nl", "Voor zover bekend is niemand de dupe geworden."),
    ("sv", "Det finns inga tecken på intrång."),
    ("sv", "Bolaget känner inte till några angrepp."),
    ("es", "No consta que nadie lo haya aprovechado."),
    ("es", "No hay indicios de accesos indebidos."),
    ("pt", "Não há registro de incidentes."),
    ("pt", "Ninguém se aproveitou da falha, diz a empresa."),
    ("it", "Non risultano abusi."),
    ("it", "Nessun cliente ha subito danni."),
    ("pl", "Nie stwierdzono śladów nadużyć."),
    ("pl", "Nikt nie wykorzystał luki."),
    ("ru", "Следов злоупотреблений не нашли."),
    ("ru", "О реальных атаках пока не сообщалось."),
    ("tr", "Kötüye kullanıma rastlanmadı."),
    ("tr", "Kullanıcıların zarar görmediği belirtildi."),
    ("ja", "悪用は確認されていない。"),
    ("ja", "被害の報告はないという。"),
    ("ko", "악용 사례는 확인되지 않았다."),
    ("zh", "目前未发现用户受影响。"),
    ("ar", "لا توجد أدلة على استغلال الثغرة."),
]

UNSAID_OF_ATTACKS = [
    ("uk", "Вразливість дозволяє зловмисникам викрасти дані."),
    ("uk", "Дослідники показали, як її можна використати."),
    ("cs", "Chybu lze zneužít na dálku."),
    ("cs", "Útočník může ovládnout celý server."),
    ("de", "Angreifer könnten die Lücke ausnutzen, um Befehle auszuführen."),
    ("de", "Ob jemand die Lücke ausgenutzt hat, ist unklar."),
    ("de", "Der Fehler steckt in einer Bibliothek, die viele Programme nutzen."),
    ("de", "Forscher nutzten die Lücke im Labor aus."),
    ("nl", "Aanvallers kunnen het lek misbruiken."),
    ("sv", "Bristen gör att en angripare kan ta över enheten."),
    ("sv", "Felet finns i ett bibliotek som används av många program."),
    ("es", "Un atacante podría aprovechar el fallo para ejecutar código."),
    ("es", "La versión estable no está afectada."),
    ("pt", "O problema está na função usada por outros programas."),
    ("pt", "A versão antiga não é afetada."),
    ("it", "Un attaccante può sfruttare la falla da remoto."),
    ("pl", "Napastnik może wykorzystać lukę zdalnie."),
    ("ru", "Злоумышленник может использовать уязвимость удалённо."),
    ("ru", "Библиотека по умолчанию не использует шифрование."),
    ("tr", "Saldırgan bu açıkla kod çalıştırabiliyor."),
    ("ja", "悪用されると任意のコードを実行される恐れがある。"),
    ("ko", "공격자가 악용할 가능성이 있다."),
    ("ar", "قد يسمح الخلل للمهاجم بتنفيذ تعليمات."),
]


def stated(kind: str, language: str, text: str) -> list[object]:
    return values(facts(language, TITLES[language], text), kind)


@pytest.mark.parametrize(("language", "text"), FIXED)
def test_a_fix_that_is_out(language: str, text: str) -> None:
    """Put out, put right at the maker's own server, or advised."""
    assert stated("patched", language, text) == [True]


@pytest.mark.parametrize(("language", "text"), UNFIXED)
def test_a_fix_that_is_not_out(language: str, text: str) -> None:
    """None yet, worked on, to come, or never."""
    assert stated("patched", language, text) == [False]


@pytest.mark.parametrize(("language", "text"), UNSAID_OF_A_FIX)
def test_nothing_is_said_of_a_fix(language: str, text: str) -> None:
    """Doubt, advice to those who waited, and what somebody else put out."""
    assert stated("patched", language, text) == []


@pytest.mark.parametrize(("language", "text"), ATTACKED)
def test_attacks_that_are_told(language: str, text: str) -> None:
    """By who attacks, or by who saw it."""
    assert stated("exploited", language, text) == [True]


@pytest.mark.parametrize(("language", "text"), SPARED)
def test_attacks_that_are_denied(language: str, text: str) -> None:
    """No signs, nobody, no harm."""
    assert stated("exploited", language, text) == [False]


@pytest.mark.parametrize(("language", "text"), UNSAID_OF_ATTACKS)
def test_nothing_is_said_of_attacks(language: str, text: str) -> None:
    """What may be done, what researchers did, what uses a library, which versions are not affected."""
    assert stated("exploited", language, text) == []
