"""`python -m nlu.training [--config FILE] [--extra FILE …] [--out DIR]`, run in the environment it needs."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from pathlib import Path

from nlu.training.progress import on_stdout


def main() -> int:
    """Exit status 0 with a model written, 1 with one plain sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m nlu.training", description=__doc__)
    parser.add_argument(
        "--extra", nargs="+", type=Path, default=[], help='JSON Lines with "text" and "mapped"'
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=None,
        help="where archive and card go; default: the repository's nlu/model",
    )
    parser.add_argument("--config", type=Path, default=None, help="another pipeline; needs --out")
    options = parser.parse_args()
    if options.config and not options.out:
        parser.error("the repository's model is of the repository's pipeline: --config needs --out")
    progress = on_stdout()
    progress.say("import", 0.0)
    # one thread: the matrices are sparse and small, and several threads only wait for each other
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    os.environ.update(
        RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", SQLALCHEMY_SILENCE_UBER_WARNING="1"
    )
    warnings.filterwarnings("ignore")
    from nlu import brought, fingerprint  # after the environment is set: importing Rasa reads it
    from nlu.training.extra import BadRow
    from nlu.training.run import CONFIG, TrainingFailed, train

    try:
        card = train(
            options.out or fingerprint.MODEL_FOLDER, options.extra, progress, options.config or CONFIG
        )
    except (BadRow, TrainingFailed, brought.BadFolder, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    progress.say("ready", 1.0, card=card)
    return 0


if __name__ == "__main__":
    sys.exit(main())
