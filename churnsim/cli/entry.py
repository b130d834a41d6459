"""The command `churnsim`: finds its subcommands, and turns every ending into an exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import FrameType
from typing import NoReturn

import click

from churnsim import __version__
from churnsim.base.errors import ChurnsimError
from churnsim.base.registry import did_you_mean
from churnsim.cli import command as commands

INTERRUPTED, BROKEN_PIPE, TERMINATED = 130, 141, 143


class Terminated(KeyboardInterrupt):
    """The process was asked to end (SIGTERM); takes the same way out as Ctrl-C."""


class Commands(click.Group):
    """One subcommand for each module of `churnsim.cli.command`, imported when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the subcommands, sorted."""
        return sorted(module.name for module in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of that name, None if there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found = import_module(f"{commands.__name__}.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The subcommand that the arguments call; a usage error with the nearest name if there is none."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = self.list_commands(ctx)
            meant = did_you_mean(args[0], known)
            hint = f"did you mean {meant!r}?" if meant else f"there are: {', '.join(known)}"
            raise click.UsageError(f"no such command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand; if whoever reads its output goes away, end quietly, as other commands do."""
        try:
            code: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # The interpreter flushes once more at its end and must not trip over the closed pipe again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return BROKEN_PIPE
        return code


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 all well; 1 an invariant failed; 2 invalid scenario or usage; 3 some runs failed; "
    "4 inconclusive; 130 and 143 interrupted, resumable.",
)
@click.version_option(__version__, "-V", "--version", prog_name="churnsim", message="%(prog)s %(version)s")
def churnsim() -> None:
    """Simulate platforms of short-lived units: what churn costs in reliability, trust and money."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after `churnsim`; by default those of the process.
    """
    signal.signal(signal.SIGTERM, _terminate)
    code = outcome(arguments)
    # Where an interrupt has passed through an `exec` of text, as in the making of a data class, `python -m`
    # ends by SIGINT whatever the exit code, unless another text has been executed since.
    exec("")
    sys.exit(code)


def outcome(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and say with which exit code it ends; errors are printed to stderr."""
    try:
        code = churnsim.main(arguments, prog_name="churnsim", standalone_mode=False)
    except click.Abort as abort:
        return TERMINATED if isinstance(abort.__cause__, Terminated) else INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        click.echo(_refusal(error), err=True)
        return error.exit_code
    except ChurnsimError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    return code if isinstance(code, int) else 0


def _refusal(error: click.ClickException) -> str:
    """What click has to say of wrong words, in one line and in the manner of all other errors."""
    message = error.format_message().replace(". (", " (").rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = "churnsim" if context is None else context.command_path
    return f"{path}: {message[:1].lower()}{message[1:]}; see {path} --help"


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated
