"""Between the messages of `ttb.ocr.v1` and this service's own values."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ttb.common.v1 import backend_pb2, page_pb2
from ttb.ocr.v1 import ocr_pb2

from services.common.page_convert import line_to_proto, page_to_proto
from services.ocr.admission import Priority
from services.ocr.engine import EngineName, EngineStatus, Hints
from services.ocr.places import Region
from services.ocr.reader import Backend, Extraction, PlacesAnswer, StageTime


def backend_from_proto(value: backend_pb2.OcrBackend.Value.ValueType) -> Backend:
    """Absent means `auto`."""
    if value == backend_pb2.OcrBackend.Value.unspecified:
        return Backend.AUTO
    return Backend(backend_pb2.OcrBackend.Value.Name(value))


def priority_from_proto(value: ocr_pb2.Priority.Value.ValueType) -> Priority:
    """Absent means `interactive`."""
    return Priority.BATCH if value == ocr_pb2.Priority.Value.batch else Priority.INTERACTIVE


def hints_from_proto(request: ocr_pb2.ExtractTextRequest | ocr_pb2.ReadRegionsRequest) -> Hints:
    """The phrases that the caller expects."""
    return Hints(phrases=tuple(request.expected_phrases))


def regions_from_proto(regions: Iterable[ocr_pb2.Region]) -> tuple[Region, ...]:
    """The places, in order."""
    return tuple(
        Region(
            region.x,
            region.y,
            region.width,
            region.height,
            region.reading_angle_degrees,
            region.scale if region.HasField("scale") else 1.0,
        )
        for region in regions
    )


def extraction_to_proto(extraction: Extraction) -> ocr_pb2.ExtractTextResponse:
    """What was read from one image."""
    return ocr_pb2.ExtractTextResponse(
        page=page_to_proto(extraction.page),
        image_handle=extraction.handle,
        frame_count=extraction.frame_count,
        image_format=extraction.format,
        engines=[str(engine) for engine in extraction.engines],
        timings=_times_to_proto(extraction.times),
    )


def places_to_proto(answer: PlacesAnswer) -> ocr_pb2.ReadRegionsResponse:
    """What was read at each place."""
    return ocr_pb2.ReadRegionsResponse(
        readings=[ocr_pb2.RegionReading(lines=[line_to_proto(line) for line in lines]) for lines in answer.lines],
        timings=_times_to_proto(answer.times),
    )


def backends_to_proto(
    statuses: Iterable[EngineStatus], expected: Collection[EngineName]
) -> ocr_pb2.ListBackendsResponse:
    """The backends with their health; `expected` are those that the settings count on."""
    return ocr_pb2.ListBackendsResponse(
        backends=[
            backend_pb2.BackendHealth(
                name=status.name,
                available=status.available,
                expected=status.name in expected,
                reason=status.reason,
                version=status.version,
            )
            for status in statuses
        ]
    )


def _times_to_proto(times: Iterable[StageTime]) -> list[page_pb2.Timing]:
    return [page_pb2.Timing(stage=time.stage, milliseconds=time.milliseconds) for time in times]
