"""What a command line of ours stands on: help that shows an example, errors in one sentence, an exit status."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from vsearch_core.cli.output import LogLines, say, write
from vsearch_core.errors import VsearchError
from vsearch_core.files import why_not_written
from vsearch_core.places import how_to_install

as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, a record a line.")
"""The option of every command that other programs read."""

_SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "show_default": True, "max_content_width": 120}


class Command(click.Command):
    """A command whose epilog is an example: what is typed after the program's name, never wrapped."""

    @property
    def example(self) -> str:
        """What follows the program's name."""
        return self.epilog or ""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the example as it is typed."""
        with formatter.section("Example"):
            formatter.write(f"{'':{formatter.current_indent}}{ctx.find_root().info_name} {self.example}\n")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what was given; whatever does not fit knows of which command it is."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Let help be told by us, so that every terminal can show it."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _show_help
        return option


class Group(Command, click.Group):
    """A group of commands in the order in which they were added; its example is its first command's."""

    command_class = Command
    group_class = type

    @property
    def example(self) -> str:
        """What follows the program's name."""
        first = next(iter(self.commands.values()))
        return first.example if isinstance(first, Command) else ""

    def add(self, *commands: click.Command) -> None:
        """Add commands that other modules made."""
        for command in commands:
            self.add_command(command)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order in which they were added."""
        return list(self.commands)


def group(name: str, *, help: str) -> Group:
    """Make a group that does nothing by itself."""
    return Group(name, help=help, no_args_is_help=False)


def checked(name: str, check: Callable[[str], Any], what: type[Exception]) -> Callable[[str], Any]:
    """Make a parameter's type of a function that raises `what` where a value does not fit.

    Args:
        name: of the type, as help shows it.
    """

    def convert(text: str) -> Any:
        try:
            return check(text)
        except what as error:
            raise click.BadParameter(str(error).rstrip(".")) from error

    convert.__name__ = name
    return convert


def run(program: click.Command, name: str, arguments: Sequence[str] | None = None) -> int:
    """Run one command of a program.

    Args:
        name: of the program, as a person types it.
        arguments: default: those of this process.

    Returns:
        0 when all went well, 1 when something could not be done, 2 for wrong usage, 130 when stopped by the person.
    """
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(LogLines())
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        # not click's own `main`, which ends the process and has words of its own for a closed pipe
        with program.make_context(name, given, **_SETTINGS) as context:
            return int(program.invoke(context) or 0)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        say(_usage(error, name), error=True)
        return 2
    except VsearchError as error:
        say(error.message, error=True)
        return 1
    except ImportError as error:
        say(f"{error}; install what is missing with {how_to_install()}.", error=True)
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


def _usage(error: click.UsageError, name: str) -> str:
    said = " ".join(error.format_message().split())
    if isinstance(error, click.exceptions.NoSuchCommand | click.NoSuchOption):
        near = " or ".join(map(repr, error.possibilities or ()))
        said = error.message.rstrip(".") + (near and f", perhaps {near}")
    return f"{said.rstrip('.')}; see `{error.ctx.command_path if error.ctx else name} --help`."


def _show_help(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        write(f"{ctx.get_help()}\n", sys.stdout)
        ctx.exit()
