"""Joins the groups of commands, and turns errors into one sentence and an exit status."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from studies.cli import ladder, public_sets, studies
from vsearch_core.cli import (
    bundles,
    catalogue,
    data,
    detector,
    doctor,
    evaluation,
    journal,
    labels,
    photos,
    sample_traffic,
    stores,
    training,
)
from vsearch_core.cli.output import LogLines, say, write
from vsearch_core.errors import VsearchError
from vsearch_core.files import why_not_written


class _Parser(argparse.ArgumentParser):
    """Wrong usage is one sentence and exit status 2."""

    def error(self, message: str) -> NoReturn:
        say(f"{message[:1].upper()}{message[1:]}; see `{self.prog} --help`.", error=True)
        raise SystemExit(2)

    def _print_message(self, message: str, file: Any = None) -> None:
        write(message, file or sys.stderr)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; each command sets `run`, a function of the parsed arguments that returns a status."""
    parser = _Parser(prog="python -m vsearch_core", description="Visual search for fashion shops.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    for group in (photos, stores, data, catalogue, bundles):
        group.add_commands(commands)
    train, evaluate = training.add_commands(commands), evaluation.add_commands(commands)
    studies.add_verbs(train, evaluate)
    detector.add_verbs(train, evaluate)
    ladder.add_verb(train)
    labels.add_verbs(train, evaluate)
    public_sets.add_verbs(evaluate)
    sample_traffic.add_verb(journal.add_commands(commands))
    doctor.add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when all went well, 1 when something could not be done, 2 for wrong usage, 130 when stopped by the person.
    """
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(LogLines())
    try:
        chosen = build_parser().parse_args(arguments)
        return int(chosen.run(chosen))
    except VsearchError as error:
        say(error.message, error=True)
        return 1
    except ImportError as error:
        say(f"{error}; install what is missing with `pip install -r requirements.txt`.", error=True)
        return 1
    except KeyboardInterrupt:
        say("", "Stopped; nothing was left half done.", error=True)
        return 130
    except BrokenPipeError:
        # whoever read our output closed it (`| head`); Python would complain once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        # What is not allowed may as well be reading.
        may_be_reading = error.errno in (errno.EACCES, errno.EPERM, errno.ELOOP)
        reason = None if may_be_reading else why_not_written(error, Path(error.filename or "what was asked for"))
        say(reason or f"{error.strerror or error}{place}; check the place and try again.", error=True)
        return 1
