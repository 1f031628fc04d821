"""`ttb rules`: the rules by which labels are judged, all of them or one with its examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.cli import options
from ttb_client.cli.default_command import DefaultCommand
from ttb_client.cli.output import note, show, show_json, waiting
from ttb_client.cli.rules_page import rule_page, rules_table

app = typer.Typer(cls=DefaultCommand, rich_markup_mode="rich")


@app.callback()
def rules() -> None:
    """Show the rules: what each requires, its citation, and how much it can weigh. [bold]ttb rules[/] lists them."""


@app.command("list")
def list_rules(
    part: Annotated[
        str, typer.Option(help="Only those whose id begins so: wine, spirits, malt, common, app, ...", metavar="PART")
    ] = "",
    search: Annotated[
        str, typer.Option(help="Only those that speak of it, in id, title, citation or text.", metavar="WORD")
    ] = "",
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
    as_json: options.Json = False,
) -> None:
    """List the rules: what each requires, its citation, and how much it can weigh.

    [bold]ttb rules[/] --part spirits

    [bold]ttb rules[/] --search "type size"
    """
    with options.connect(url, token, timeout) as client, waiting("asking"):
        answer = client.rules()
    wanted = [rule for rule in _of_part(answer.rules, part) if search.casefold() in _words(rule)]
    if as_json:
        show_json(pb.ListRulesResponse(rules=wanted))
    elif wanted:
        show(rules_table(wanted))
    else:
        note(f"none of the {len(answer.rules)} rules speaks of {search!r}")


def _of_part(rules: Sequence[pb.Rule], part: str) -> Sequence[pb.Rule]:
    """The rules of one part; a part that does not exist is wrong usage."""
    parts = dict.fromkeys(rule.rule_id.partition(".")[0] for rule in rules)
    if part and part not in parts:
        raise typer.BadParameter(f"{part!r} is not one of {', '.join(parts)}", param_hint="--part")
    return [rule for rule in rules if not part or rule.rule_id.startswith(f"{part}.")]


def _words(rule: pb.Rule) -> str:
    return " ".join((rule.rule_id, rule.title, rule.citation, rule.description)).casefold()


@app.command("show")
def show_rule(
    identifier: Annotated[str, typer.Argument(help="Id of the rule, such as health-warning.wording.", metavar="RULE")],
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
    as_json: options.Json = False,
) -> None:
    """Show one rule in full: what it requires, where the law says so, and examples of what it passes and what not.

    [bold]ttb rules show[/] health-warning.wording

    Exit codes: 0 shown, 2 wrong usage, 4 no answer from the server, 5 no such rule, 70 internal error.
    """
    with options.connect(url, token, timeout) as client, waiting("asking"):
        answer = client.rule(identifier)
    if as_json:
        show_json(answer)
    else:
        show(rule_page(answer))
