"""The exit codes of `ttb`: scripts tell a failed label from a failed call by these."""

from __future__ import annotations

from enum import IntEnum

import grpc
from ttb.modelstatus.v1 import modelstatus_pb2
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.errors import TtbError


class ExitCode(IntEnum):
    """What a command ends with."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    NEEDS_REVIEW = 3
    # Of a model that is on its way; scripts ask again later.
    NOT_YET = 3
    UNREACHABLE = 4
    REFUSED = 5
    INTERNAL = 70
    # As a shell shows a program that SIGPIPE ended: nobody reads the answer any more.
    NOBODY_READS = 141


_OF_VERDICT = {
    pb.Verdict.passed: ExitCode.PASSED,
    pb.Verdict.failed: ExitCode.FAILED,
    pb.Verdict.needs_review: ExitCode.NEEDS_REVIEW,
}

_OF_DOWNLOAD = {
    modelstatus_pb2.DownloadState.ready: ExitCode.PASSED,
    modelstatus_pb2.DownloadState.error: ExitCode.FAILED,
}

_OF_STATUS = {
    grpc.StatusCode.UNAVAILABLE: ExitCode.UNREACHABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED: ExitCode.UNREACHABLE,
    grpc.StatusCode.UNIMPLEMENTED: ExitCode.UNREACHABLE,
    grpc.StatusCode.INVALID_ARGUMENT: ExitCode.REFUSED,
    grpc.StatusCode.OUT_OF_RANGE: ExitCode.REFUSED,
    grpc.StatusCode.NOT_FOUND: ExitCode.REFUSED,
    grpc.StatusCode.UNAUTHENTICATED: ExitCode.REFUSED,
    grpc.StatusCode.PERMISSION_DENIED: ExitCode.REFUSED,
}


def of_verdict(verdict: pb.Verdict.Value.ValueType) -> ExitCode:
    """The exit code of a verification; a verdict that this client does not know has to be looked at."""
    return _OF_VERDICT.get(verdict, ExitCode.NEEDS_REVIEW)


def of_download(state: modelstatus_pb2.DownloadState.Value.ValueType) -> ExitCode:
    """The exit code of a model's state."""
    return _OF_DOWNLOAD.get(state, ExitCode.NOT_YET)


def of_error(error: TtbError) -> ExitCode:
    """The exit code of a call that gave no answer."""
    if error.code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        # gRPC says the same of a server that is busy and of a message that is too large.
        return ExitCode.REFUSED if error.retry_after is None else ExitCode.UNREACHABLE
    return _OF_STATUS.get(error.code, ExitCode.INTERNAL)
