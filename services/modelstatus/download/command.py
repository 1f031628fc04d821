"""`python -m services.modelstatus download`: the command line of the downloader."""

from __future__ import annotations

import argparse
import logging
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from services.common import logs
from services.common.settings import SharedSettings, load
from services.modelstatus.download.bootstrap import build
from services.modelstatus.download.display import displayed
from services.modelstatus.download.faults import Stopped
from services.modelstatus.names import ModelName
from services.modelstatus.settings import ModelDownloadSettings

_DESCRIPTION = """\
Download the vision model and install it into Ollama's store. Where the model is
looked for, in this order:

  1. s3://BUCKET/PREFIX/manifests/registry.ollama.ai/library/MODEL/TAG, with its
     layers as blobs/sha256-... : a copy of an Ollama store
  2. s3://BUCKET/PREFIX/MODEL-TAG.tar.zst, then MODEL-TAG.tar: an archive of one,
     with its SHA-256 in MODEL-TAG.tar.zst.sha256 beside it, if you like
  3. the Ollama server, which is asked to pull it

A download that was interrupted, even by SIGKILL, goes on where it was. A model
that is there is left alone. How far it is stands in the status file.
"""
_EPILOG = """\
exit status:
  0   the model is ready
  1   it is not; the status file and the log tell why (an export that failed
      leaves the model ready)
  2   wrong usage or settings
  75  another downloader is at work in this store
  A SIGTERM or SIGINT ends the process by that signal; what came so far is kept
  and the status says `error`, code `stopped`.

examples:
  python -m services.modelstatus download --bucket models --prefix ollama/
  python -m services.modelstatus download --model llama3.2-vision:11b --export
  # make an archive (the manifest first):
  tar -C ~/.ollama/models -c manifests/registry.ollama.ai/library/MODEL/TAG \\
      blobs/sha256-... | zstd -o MODEL-TAG.tar.zst
"""


def main(argv: Sequence[str]) -> int:
    """Run the command; returns its exit status."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    configured = load(ModelDownloadSettings)
    settings = configured.model_copy(
        update={key: value for key, value in vars(arguments).items() if key != "export" and value is not None}
    )
    if arguments.export and not settings.s3_bucket:
        parser.error("--export needs a bucket: give --bucket or set MODEL_STATUS_S3_BUCKET")
    shared = load(SharedSettings)
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, _stop)
    try:
        with displayed() as display:
            logs.configure(shared, "modelstatus")
            for library in ("botocore", "httpx", "httpcore"):
                logging.getLogger(library).setLevel(logging.WARNING)
            return build(settings, configured.model, display, export=arguments.export).run()
    except Stopped as stopped:
        # At once, and so that whoever sent the signal sees that it was obeyed; threads may still wait for S3.
        signal.signal(stopped.args[0], signal.SIG_DFL)
        os.kill(os.getpid(), stopped.args[0])
        raise


def _stop(number: int, _frame: object) -> NoReturn:
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, signal.SIG_IGN)
    raise Stopped(signal.Signals(number))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.modelstatus download",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", type=_model, help="the model, such as llama3.2-vision:11b (OLLAMA_MODEL)")
    parser.add_argument(
        "--bucket", dest="s3_bucket", metavar="NAME", help="bucket that holds it (MODEL_STATUS_S3_BUCKET)"
    )
    parser.add_argument(
        "--prefix", dest="s3_prefix", metavar="FOLDER", type=_folder, help="where in it (MODEL_STATUS_S3_PREFIX)"
    )
    parser.add_argument(
        "--endpoint-url", dest="s3_endpoint_url", metavar="URL", help="S3-compatible server (S3_ENDPOINT_URL)"
    )
    parser.add_argument("--store", metavar="FOLDER", type=Path, help="Ollama's model store (OLLAMA_MODELS)")
    parser.add_argument(
        "--bandwidth",
        dest="megabytes_per_second",
        metavar="MB/S",
        type=_positive,
        help="most that is fetched per second (MODEL_STATUS_MEGABYTES_PER_SECOND)",
    )
    parser.add_argument("--export", action="store_true", help="then copy the model into the bucket, if it is not there")
    return parser


def _model(text: str) -> str:
    try:
        ModelName.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _folder(text: str) -> str:
    return f"{text.strip('/')}/" if text.strip("/") else ""


def _positive(text: str) -> float:
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number
