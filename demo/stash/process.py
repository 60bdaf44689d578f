"""One plugin process, run as Stash runs a raw plugin.

It ends for Stash when its standard output has reached EOF *and* it has exited, so a grandchild
that inherited the output keeps it going. A kill reaches the process itself and none of its
children. One thread per process moves the bytes; nobody else touches the pipes.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

LONGEST_LINE_BYTES = 64 * 1024
_CHUNK_BYTES = 64 * 1024
_LOOK_SECONDS = 0.1  # how often a waiting thread looks whether it was abandoned


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginOutput:
    """What a plugin said on standard output, or how it ended."""

    error: str | None
    output: object


def read_output(text: str, exit_code: int) -> PluginOutput:
    """One JSON object is the reply; anything else is taken as the output, word for word."""
    error: str | None = None
    output: object = text
    try:
        reply = json.loads(text)
    except ValueError:
        reply = ""
    if isinstance(reply, dict) and isinstance(reply.get("error"), (str, type(None))):
        error, output = reply.get("error"), reply.get("output")
    if error is None and exit_code:
        killed = exit_code < 0
        error = f"signal: {_signal_name(-exit_code)}" if killed else f"exit status {exit_code}"
    return PluginOutput(error=error, output=output)


def _signal_name(number: int) -> str:
    return (signal.strsignal(number) or str(number)).lower()


class PluginProcess:
    """A started process.

    Attributes:
        done: Set when Stash would consider the call finished.
        result: There once `done` is set.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        stdin: bytes,
        on_line: Callable[[bytes], None],
    ) -> None:
        self.done = threading.Event()
        self.result = PluginOutput(error="operation cancelled", output=None)
        self._on_line = on_line
        self._unsent = memoryview(stdin)
        self._output = bytearray()
        self._line = bytearray()
        self._abandoned = False
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            bufsize=0,
        )
        self.pid = self._process.pid
        self._thread = threading.Thread(target=self._run, name=f"plugin-{self.pid}")
        self._thread.start()

    def kill(self) -> None:
        """SIGKILL to the process itself; its children live on."""
        self._process.kill()

    def abandon(self) -> None:
        """Kill it and let go of its pipes, whoever else holds them."""
        self.kill()
        self._abandoned = True
        self._thread.join()

    def _run(self) -> None:
        try:
            with selectors.DefaultSelector() as selector:
                self._pump(selector)
        finally:
            for pipe in self._pipes():
                pipe.close()
            exit_code = self._process.wait()
            if not self._abandoned:
                text = self._output.decode("utf-8", "replace")
                self.result = read_output(text, exit_code)
            self.done.set()

    def _pipes(self) -> list[IO[bytes]]:
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        return [one for one in pipes if one is not None]

    def _pump(self, selector: selectors.BaseSelector) -> None:
        stdin, stdout, stderr = self._pipes()
        handlers: dict[int, Callable[[selectors.BaseSelector], None]] = {
            stdin.fileno(): self._feed,
            stdout.fileno(): self._read_output,
            stderr.fileno(): self._read_lines,
        }
        for pipe in (stdin, stdout, stderr):
            os.set_blocking(pipe.fileno(), False)
        selector.register(stdin, selectors.EVENT_WRITE)
        selector.register(stdout, selectors.EVENT_READ)
        selector.register(stderr, selectors.EVENT_READ)
        patience = 0.0005  # a process whose output has ended is about to exit
        while not self._abandoned:
            ended = stdout.closed
            if ended and self._process.poll() is not None:
                break
            for key, _ in selector.select(patience if ended else _LOOK_SECONDS):
                handlers[key.fd](selector)
            patience = min(patience * 2, 0.02) if ended else patience
        for _ in range(2):  # what is left in the pipe, and its end
            if not stderr.closed:
                self._read_lines(selector)

    def _feed(self, selector: selectors.BaseSelector) -> None:
        stdin = self._pipes()[0]
        try:
            if self._unsent:
                self._unsent = self._unsent[os.write(stdin.fileno(), self._unsent) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._unsent = memoryview(b"")  # it ended, or closed its input, without reading all
        if not self._unsent:
            _let_go(selector, stdin)

    def _read_output(self, selector: selectors.BaseSelector) -> None:
        stdout = self._pipes()[1]
        chunk = os.read(stdout.fileno(), _CHUNK_BYTES)
        self._output += chunk
        if not chunk:
            _let_go(selector, stdout)

    def _read_lines(self, selector: selectors.BaseSelector) -> None:
        stderr = self._pipes()[2]
        try:
            chunk = os.read(stderr.fileno(), _CHUNK_BYTES)
        except BlockingIOError:
            return
        self._line += chunk
        *lines, rest = bytes(self._line).split(b"\n")
        self._line = bytearray(rest)
        if not chunk and rest:
            lines.append(rest)
        for line in lines:
            if len(line) > LONGEST_LINE_BYTES:
                break
            self._on_line(line)
        too_long = max(map(len, [*lines, rest]), default=0) > LONGEST_LINE_BYTES
        if too_long:
            self._on_line(b"bufio.Scanner: token too long")
        if too_long or not chunk:
            _let_go(selector, stderr)


def _let_go(selector: selectors.BaseSelector, pipe: IO[bytes]) -> None:
    selector.unregister(pipe)
    pipe.close()
