import pytest

from services.ocr.engine import EngineName
from services.ocr.settings import OcrSettings


def test_backends_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_BACKENDS", "tesseract, ollama")
    monkeypatch.setenv("OLLAMA_HOST", "http://ollama:11434")

    settings = OcrSettings()

    assert settings.backends == (EngineName.TESSERACT, EngineName.OLLAMA)
    assert settings.ollama_host == "http://ollama:11434"


def test_an_unknown_backend_ends_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_BACKENDS", "tesseract,crystalball")

    with pytest.raises(ValueError, match="crystalball"):
        OcrSettings()
