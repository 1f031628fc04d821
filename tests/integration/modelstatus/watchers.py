"""Many clients that watch a model, in a process of their own: half by events over REST, half by gRPC.

`python -m tests.integration.modelstatus.watchers PORT COUNT` writes `watching` when each has its first message, and at
the end one line of JSON: for each state how many ended with it, and the least and the greatest number of messages.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass

import grpc
from ttb.modelstatus.v1 import modelstatus_pb2 as pb
from ttb.modelstatus.v1 import modelstatus_pb2_grpc

# Below what the gateway lets one connection have.
STREAMS_OF_A_CONNECTION = 50
# So many begin at the same time.
NEWCOMERS = 50


@dataclass
class Seen:
    """What one client has seen: the last state, and how many messages."""

    last: str = ""
    messages: int = 0

    def message(self, state: str, begun: asyncio.Semaphore) -> None:
        if not self.messages:
            begun.release()
        self.messages += 1
        self.last = state


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def by_events(port: int, seen: Seen, begun: asyncio.Semaphore) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /model-status/stream HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
    while line := await reader.readline():
        if line.startswith(b"data: "):
            seen.message(json.loads(line.removeprefix(b"data: "))["status"], begun)
    writer.close()
    await writer.wait_closed()


async def by_grpc(channel: grpc.aio.Channel, seen: Seen, begun: asyncio.Semaphore) -> None:
    stub = modelstatus_pb2_grpc.ModelStatusServiceStub(channel)
    async for message in stub.WatchModelStatus(pb.WatchModelStatusRequest()):
        seen.message(pb.DownloadState.Value.Name(message.status), begun)


async def main(port: int, count: int) -> None:
    seen = [Seen() for _ in range(count)]
    begun = asyncio.Semaphore(NEWCOMERS)
    channels: list[grpc.aio.Channel] = []
    tasks: list[asyncio.Task[None]] = []
    for number, each in enumerate(seen):
        # A place becomes free with each first message.
        await begun.acquire()
        if number % 2:
            tasks.append(asyncio.create_task(by_events(port, each, begun)))
            continue
        if number // 2 % STREAMS_OF_A_CONNECTION == 0:
            options = [("grpc.use_local_subchannel_pool", 1)]
            channels.append(grpc.aio.insecure_channel(f"127.0.0.1:{port}", options))
        tasks.append(asyncio.create_task(by_grpc(channels[-1], each, begun)))
    for _ in range(NEWCOMERS):
        await begun.acquire()
    tell("watching")
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for channel in channels:
        await channel.close()
    messages = [each.messages for each in seen]
    told = {
        "ended_with": Counter(each.last for each in seen),
        "messages": [min(messages), max(messages)],
        "failed": sum(outcome is not None for outcome in outcomes),
    }
    tell(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
