"""Translation: engines behind one protocol, routes over them, a memory, and the stage that uses them."""

from __future__ import annotations

from pipeline.translate.engine import Edge, Engine, EngineContext, language_code, load_engines
from pipeline.translate.guard import Guard, NoGuard, Prepared
from pipeline.translate.memory import EDITOR, DictMemory, Memory, MemoryKey, Remembered, corrected
from pipeline.translate.paragraphs import translate_paragraphs
from pipeline.translate.routes import Route, Routes
from pipeline.translate.translator import Translator, open_translator

__all__ = [
    "EDITOR",
    "DictMemory",
    "Edge",
    "Engine",
    "EngineContext",
    "Guard",
    "Memory",
    "MemoryKey",
    "NoGuard",
    "Prepared",
    "Remembered",
    "Route",
    "Routes",
    "Translator",
    "corrected",
    "language_code",
    "load_engines",
    "open_translator",
    "translate_paragraphs",
]
