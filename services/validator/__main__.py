"""`python -m services.validator`: parse settings, wire, serve."""

from services.common.server import run
from services.common.settings import SharedSettings, load
from services.validator.bootstrap import build
from services.validator.settings import ValidatorSettings

if __name__ == "__main__":
    run(build, load(ValidatorSettings), load(SharedSettings))
