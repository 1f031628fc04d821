from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from services.artifacts.export.card import card, damaged_list
from services.artifacts.export.command import main
from services.artifacts.export.days import Damaged, Day, DayWriter, path_of, read_day
from services.artifacts.export.options import ForeignFolderError, Options, claim
from services.artifacts.export.schema import Table, markdown
from services.artifacts.export.target import Target, open_target

DOCS = Path(__file__).resolve().parents[3] / "docs/operations/export.md"
JANUARY_31 = date(2026, 1, 31)
OVER = datetime(2026, 2, 1, tzinfo=UTC)


def day_of(day: date = JANUARY_31, *, begun: datetime = OVER, damaged: tuple[Damaged, ...] = ()) -> Day:
    return Day(
        day=day, begun=begun, verdicts={"failed": 2, "passed": 1}, images=4, image_bytes=2_500_000, damaged=damaged
    )


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return open_target(str(tmp_path / "dataset"), endpoint_url=None)


def test_the_card_begins_with_what_hubs_read():
    text = card(Options(), [day_of()])
    front, body = text.removeprefix("---\n").split("\n---\n")
    assert yaml.safe_load(front)["configs"] == [
        {"config_name": "artifacts", "data_files": "artifacts/*.parquet"},
        {"config_name": "fields", "data_files": "fields/*.parquet"},
    ]
    assert yaml.safe_load(front)["size_categories"] == ["n<1K"]
    assert "{" not in body


def test_the_card_tells_period_filters_and_counts():
    broken = Damaged(id="0198f3a1-0000-7000-8000-000000000000", problem="image.png of artifact ... was altered")
    days = [day_of(damaged=(broken,)), day_of(date(2026, 1, 3))]
    text = card(Options(start=date(2026, 1, 1), end=JANUARY_31), days)
    for row in (
        "| asked for | 2026-01-01 to 2026-01-31, UTC |",
        "| holds | 2026-01-03 to 2026-01-31, 2 days with artifacts |",
        "| artifacts | 6 |",
        "| of them `passed` | 2 |",
        "| of them `failed` | 4 |",
        "| of them `needs_review` | 0 |",
        "| images | 8, 5.0 MB |",
        "| damaged, not included | 1 |",
    ):
        assert row in text
    assert "damaged.txt" in text
    assert damaged_list(days) == f"2026-01-31 {broken.id} {broken.problem}\n"


@pytest.mark.parametrize(("asked", "told"), [(True, "`client_ip` is personal data"), (False, "addresses are left out")])
def test_the_card_tells_whether_it_holds_addresses(asked: bool, told: str):
    text = card(Options(with_client_ip=asked), [])
    assert told in text
    assert ("| `client_ip` |" in text) is asked


def test_the_documented_columns_are_those_of_the_tables():
    columns = markdown(with_client_ip=True)
    assert columns in DOCS.read_text(), (
        "put the output of `python -m services.artifacts export --schema` into export.md"
    )


def test_a_day_is_settled_when_nothing_more_can_come():
    assert not day_of(begun=OVER - timedelta(hours=6)).settled
    assert not day_of(begun=OVER).settled, "an artifact may still be on its way"
    assert day_of(begun=OVER + timedelta(hours=1)).settled
    damaged = Damaged(id="0198f3a1-0000-7000-8000-000000000000", problem="image.png")
    assert not day_of(begun=OVER + timedelta(days=9), damaged=(damaged,)).settled, "it may be whole again"


def test_a_day_is_there_when_it_is_whole(target: Target):
    with DayWriter(target, JANUARY_31, with_client_ip=False) as writer:
        assert read_day(target, JANUARY_31) is None
        writer.commit(day_of())
    assert read_day(target, JANUARY_31) == day_of()


def test_a_torn_day_is_not_there(target: Target):
    with DayWriter(target, JANUARY_31, with_client_ip=False) as writer:
        writer.commit(day_of())
    path = path_of(Table.ARTIFACTS, JANUARY_31)
    target.write(path, target.read(path)[:-20])
    assert read_day(target, JANUARY_31) is None


def test_a_folder_holds_one_dataset(target: Target):
    claim(target, Options(), fresh=False)
    claim(target, Options(), fresh=False)
    with pytest.raises(ForeignFolderError, match=r"other options.*--fresh"):
        claim(target, Options(with_images=False), fresh=False)


@pytest.mark.parametrize("fresh", [True, False])
def test_a_folder_of_something_else_is_left_alone(target: Target, fresh: bool):
    target.write("artifacts/mine.parquet", b"not ours")
    with pytest.raises(ForeignFolderError, match="holds no export"):
        claim(target, Options(), fresh=fresh)
    assert target.read("artifacts/mine.parquet") == b"not ours"


def test_fresh_removes_the_dataset_and_nothing_else(target: Target):
    claim(target, Options(), fresh=False)
    for name in ("artifacts/2026-01-31.parquet", "images/2026-01-31/a.png", "README.md", "notes.txt"):
        target.write(name, b"x")
    claim(target, Options(with_images=False), fresh=True)
    assert target.names() == ("export.json", "notes.txt")
    claim(target, Options(with_images=False), fresh=False)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--out is needed"),
        (["--out", "s3:///labels"], "names nothing"),
        (["--out", "x", "--start", "2026-02-30"], "is no day"),
        (["--out", "x", "--start", "2026-02-02", "--end", "2026-02-01"], "is after --end"),
        (["--out", "x", "--status", "perhaps"], "needs_review"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
