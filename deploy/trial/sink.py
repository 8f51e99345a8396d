"""Takes every mail and keeps none: one line for each, without content."""

import asyncio
import signal


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One conversation (RFC 5321, as much of it as a client needs)."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            while (await reader.readline()).rstrip(b"\r\n") != b".":
                pass
            print("mail", flush=True)
        if verb == b"QUIT":
            break
        writer.write(b"250 sink\r\n" if verb != b"EHLO" else b"250-sink\r\n250 8BITMIME\r\n")
        await writer.drain()
    writer.write(b"221 bye\r\n")
    writer.close()


async def main() -> None:
    """Serve on port 2525 until SIGTERM."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await asyncio.start_server(talk, "0.0.0.0", 2525)
    await over.wait()


if __name__ == "__main__":
    asyncio.run(main())
