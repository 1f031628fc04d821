"""The OCR engines, one module each; `services.ocr.worker` loads those that run in worker processes."""
