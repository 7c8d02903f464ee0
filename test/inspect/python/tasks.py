"""Tasks of asyncio that wait in all kinds of ways. Prints, as JSON, their stacks as Python itself gives them; then waits for the end of its input."""
import asyncio
import json
import sys


class Gate:
    def __init__(self):
        self.event = asyncio.Event()

    async def passed(self, who):
        await self.event.wait()


async def many():
    yield 1
    await gate.passed('in an asynchronous generator')
    yield 2


async def through_generator():
    async for _ in many():
        pass


async def through_with():
    async with asyncio.Lock():
        await asyncio.gather(asyncio.sleep(1000), gate.passed('gathered'))


async def outer(count):
    return await outer(count - 1) if count else await gate.passed('deep')


async def queue():
    await asyncio.Queue().get()


async def main():
    global gate
    gate = Gate()
    loop = asyncio.get_running_loop()
    named = {'generator': through_generator(), 'with': through_with(), 'deep': outer(5), 'queue': queue(), 'sleep': asyncio.sleep(1000)}
    tasks = [loop.create_task(coroutine, name=name) for name, coroutine in named.items()]
    await asyncio.sleep(0.1)
    told = {}
    for task in tasks:
        calls, inner = [], task.get_coro()
        while hasattr(inner, 'cr_frame'):
            calls.append([inner.__qualname__, inner.cr_frame.f_lineno])
            inner = inner.cr_await
        told[task.get_name()] = calls
    print(json.dumps(told), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
