"""Puts an installed model into S3, so that the next instance finds it there."""

from __future__ import annotations

import stamina

from services.common.logs import get_logger
from services.modelstatus.download.faults import Code, FinalError, TransientError
from services.modelstatus.download.s3_model import S3Place
from services.modelstatus.names import ModelName
from services.modelstatus.store import OllamaStore, manifest_place

_log = get_logger(__name__)


@stamina.retry(on=TransientError, attempts=5)
def export(place: S3Place, store: OllamaStore, name: ModelName) -> None:
    """Upload the blobs that are missing there, then the manifest. Raises FinalError, TransientError."""
    manifest = store.manifest(name)
    if manifest is None or store.missing(manifest):
        message = "The model is not in the model store of this machine; set OLLAMA_MODELS to the folder Ollama uses."
        raise FinalError(Code.NOT_FOUND, message)
    for blob in manifest.blobs:
        there = place.source.head(place.prefix + blob.place)
        if there is None or there.size != blob.size:
            place.source.upload(place.prefix + blob.place, store.path(blob))
            _log.info("layer_exported", sha256=blob.sha256, bytes=blob.size)
    place.source.upload(place.prefix + manifest_place(name), store.manifest_path(name))
    _log.info("model_exported", model=str(name), bytes=manifest.size)
