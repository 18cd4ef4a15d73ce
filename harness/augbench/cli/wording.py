"""What the pages of ``--help`` have in common."""

from __future__ import annotations

from rich.markup import escape


def examples(*lines: tuple[str, str]) -> str:
    """Lay out (command, what it does) pairs as a page's closing examples."""
    width = max(len(command) for command, _ in lines)
    shown = [f"  [cyan]{escape(command)}[/cyan]{' ' * (width - len(command))}  [dim]{escape(meaning)}[/dim]" for command, meaning in lines]
    return "\n".join(["[bold]Examples[/bold]", *shown])
