"""The dataset card: what a reader has to know before using the data, with the front matter that dataset hubs read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.artifacts.export.days import LATE, Day
from services.artifacts.export.options import DAMAGED, IMAGES, Options
from services.artifacts.export.progress import megabytes
from services.artifacts.export.schema import SCHEMA_VERSION, Table, markdown
from services.artifacts.model import ValidationStatus

# Size classes as hubs name them: the first bound above the count.
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "1M<n<10M"

_CARD = """\
---
pretty_name: Verified alcohol labels
license: other
language:
- en
task_categories:
- image-to-text
size_categories:
- {size_class}
{configs}---

# Verified alcohol labels

Labels of alcohol beverages as they were submitted, what was read on them, and whether they meet 27 CFR and agree with
their application. Exported from the artifacts of the TTB label verifier.

| | |
|---|---|
{facts}

`{artifacts}/` and `{fields}/` are tables in Parquet, one file for each day (UTC), the newest artifact first.
`{images}/` holds the images as they were uploaded, by day and artifact. `{fields}.artifact_id` refers to
`{artifacts}.id`. Paths of images begin at this folder.

## Before you use it

- A verdict is this software's, not the authority's. `needs_review` means that a person had to look; what the person
  found is not here.
- Values and text are machine readings and are wrong at times; `confidence` says how sure a reading is. Only
  `application` and `application_value` were given by people.
- Only verifications that were asked to be kept are here, so verdicts are not as frequent as among all labels.
- {personal_data}
- Brand names, art and text on labels belong to their owners.
- A day that was over is copied once. What was deleted in the archive later is still here: to honour a deletion, export
  again with `--fresh`.
- An artifact that was kept more than {late} minutes after its day's end may be missing; `--fresh` brings it too.
{damaged}
## Columns

{columns}
"""

_WITH_CLIENT_IP = (
    "`client_ip` is personal data wherever it tells who a person is. Share the data accordingly, or export without it."
)
_WITHOUT_CLIENT_IP = (
    "The clients' addresses are left out. Labels and applications still name people where a business bears a name."
)


def card(options: Options, days: Sequence[Day]) -> str:
    """The card in Markdown, for the days of the dataset, the newest first."""
    rows = sum(day.artifacts for day in days)
    configs = "".join(f"- config_name: {table}\n  data_files: {table}/*.parquet\n" for table in Table)
    damaged = f"- Artifacts that are damaged where they are kept are not included; `{DAMAGED}` names them.\n"
    return _CARD.format(
        size_class=next((name for bound, name in _SIZES if rows < bound), _LARGEST),
        configs=f"configs:\n{configs}" if days else "",
        facts="\n".join(f"| {what} | {value} |" for what, value in _facts(options, days)),
        artifacts=Table.ARTIFACTS,
        fields=Table.FIELDS,
        images=IMAGES,
        personal_data=_WITH_CLIENT_IP if options.with_client_ip else _WITHOUT_CLIENT_IP,
        late=int(LATE.total_seconds()) // 60,
        damaged=damaged if any(day.damaged for day in days) else "",
        columns=markdown(with_client_ip=options.with_client_ip),
    )


def damaged_list(days: Sequence[Day]) -> str:
    """One line for each damaged artifact: its day, its id, and what is wrong."""
    return "".join(f"{day.day} {each.id} {each.problem}\n" for day in days for each in day.damaged)


def _facts(options: Options, days: Sequence[Day]) -> list[tuple[str, str]]:
    verdicts: Counter[str] = Counter()
    for day in days:
        verdicts.update(day.verdicts)
    images = f"{sum(day.images for day in days):,}, {megabytes(sum(day.image_bytes for day in days))}"
    return [
        ("asked for", f"{options.start or 'the first artifact'} to {options.end or 'the last artifact'}, UTC"),
        ("holds", f"{days[-1].day} to {days[0].day}, {len(days):,} days with artifacts" if days else "nothing"),
        ("verdicts asked for", options.status or "all"),
        ("artifacts", f"{verdicts.total():,}"),
        *((f"of them `{status}`", f"{verdicts[status]:,}") for status in ValidationStatus),
        ("images", images if options.with_images else "left out"),
        ("damaged, not included", f"{sum(len(day.damaged) for day in days):,}"),
        ("schema version", SCHEMA_VERSION),
    ]
