"""Turns settings into Envoy's configuration: one renderer for local runs, tests, containers and EC2 alike.

`python -m gateway.render --out DIR` writes `envoy.yaml` and `descriptors.binpb` below DIR.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import yaml

from gateway.access import keys_clusters, keys_listeners
from gateway.clusters import clusters
from gateway.config import Config, address, extension, typed
from gateway.descriptors import descriptor_set
from gateway.listener import listener
from gateway.settings import GatewaySettings
from services.common.settings import load


@dataclass(frozen=True, slots=True)
class Rendered:
    """Where the files are."""

    config: Path
    descriptors: Path


def bootstrap(settings: GatewaySettings, descriptors: Path) -> Config:
    """Envoy's whole configuration; `descriptors` is where the descriptor set is, or will be."""
    return {
        "admin": {"address": address("127.0.0.1", settings.admin_port)},
        "application_log_config": {
            "log_format": {
                "json_format": {"timestamp": "%Y-%m-%dT%T.%eZ", "level": "%l", "logger": "%n", "event": "%j"}
            }
        },
        "overload_manager": {
            "resource_monitors": [
                extension(
                    "envoy.resource_monitors.global_downstream_max_connections",
                    typed(
                        "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                        max_active_downstream_connections=settings.max_connections,
                    ),
                )
            ]
        },
        "static_resources": {
            "listeners": [listener(settings, descriptors), *keys_listeners(settings)],
            "clusters": [*clusters(settings), *keys_clusters(settings)],
        },
    }


def render(settings: GatewaySettings, out: Path) -> Rendered:
    """Write configuration and descriptor set below `out`, which is made when it is missing."""
    out.mkdir(parents=True, exist_ok=True)
    rendered = Rendered(config=out / "envoy.yaml", descriptors=(out / "descriptors.binpb").resolve())
    rendered.descriptors.write_bytes(descriptor_set(settings.ordered_upstreams()).SerializeToString(deterministic=True))
    text = yaml.safe_dump(bootstrap(settings, rendered.descriptors), sort_keys=False, width=120, allow_unicode=True)
    rendered.config.write_text(text, encoding="utf-8")
    return rendered


def main() -> None:
    """Render from the environment's settings."""
    parser = argparse.ArgumentParser(prog="python -m gateway.render", description="Write Envoy's configuration.")
    parser.add_argument(
        "--out", type=Path, required=True, help="directory to write envoy.yaml and descriptors.binpb to"
    )
    rendered = render(load(GatewaySettings), parser.parse_args().out)
    print(rendered.config)


if __name__ == "__main__":
    main()
