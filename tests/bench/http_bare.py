"""A bare FastAPI app that does the MongoDB work of recorded requests and answers what was answered, and nothing else.

``python -m tests.bench.http_bare PLAN PORT``: no token, no rules, no models of ours; the same driver, the same server. The plan
is BSON: by operation the commands that the service sent to MongoDB, and its answer.
"""

import itertools
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import bson
import uvicorn
from fastapi import FastAPI
from pymongo import ReplaceOne, UpdateMany, UpdateOne

from shared.ids import new_id
from shared.settings import Settings, load_settings
from shared.store.driver import connect, session_of
from shared.store.reading import aggregate

Command = Mapping[str, Any]


class Doing:
    """Carries out recorded commands. What reads or updates one document goes to another one of its collection each time."""

    def __init__(self, database: Any, turns: Mapping[str, Sequence[Any]]) -> None:
        self._database = database
        self._turns = {name: itertools.cycle(ids) for name, ids in turns.items()}

    async def all(self, commands: Sequence[Command]) -> None:
        """In their order; those of one transaction in one."""
        for together, part in itertools.groupby(commands, key=lambda one: one["transaction"]):
            chosen = list(part)
            if not together:
                for one in chosen:
                    await self._one(one)
                continue
            async with session_of(self._database.client) as session:

                async def write(s: Any, chosen: Sequence[Command] = chosen) -> None:
                    for one in chosen:
                        await self._one(one, s)

                await session.with_transaction(write)

    async def _one(self, one: Command, session: Any = None) -> None:
        command, name = one["command"], one["collection"]
        collection = self._database[name]
        match one["name"]:
            case "find" if command.get("limit") == 1 and command.get("singleBatch"):
                await collection.find_one(
                    self._turned(name, command["filter"]), command.get("projection"), session=session
                )
            case "find":
                wanted = self._turned(name, command["filter"])
                cursor = collection.find(wanted, command.get("projection"), session=session)
                if "sort" in command:
                    cursor = cursor.sort(list(command["sort"].items()))
                await cursor.limit(command.get("limit", 0)).to_list(None)
            case "aggregate":
                _ = [row async for row in aggregate(collection, command["pipeline"], session=session)]
            case "insert":
                await collection.insert_many([row | {"_id": new_id()} for row in command["documents"]], session=session)
            case "update":
                await collection.bulk_write(
                    [self._update(name, update) for update in command["updates"]], session=session
                )
            case "delete":
                for delete in command["deletes"]:
                    await collection.delete_many(delete["q"], session=session)
            case other:
                raise ValueError(f"{other} is not known here")

    def _turned(self, name: str, query: Mapping[str, Any]) -> Mapping[str, Any]:
        return query | {"_id": next(self._turns[name])} if "_id" in query and name in self._turns else query

    def _update(self, name: str, update: Mapping[str, Any]) -> Any:
        query, change = update["q"], update["u"]
        if "_id" in query and name in self._turns:
            query = {"_id": next(self._turns[name])}
            change = (
                {key: value for key, value in change.items() if key != "_id"} if isinstance(change, dict) else change
            )
        upsert = bool(update.get("upsert"))
        if isinstance(change, dict) and not any(key.startswith("$") for key in change):
            return ReplaceOne(query, change, upsert=upsert)
        return (UpdateMany if update.get("multi") else UpdateOne)(query, change, upsert=upsert)


def make_app(plan: Mapping[str, Any]) -> FastAPI:
    """One path for each operation."""
    settings = load_settings(Settings)
    client = connect(settings.mongodb_url, settings.mongodb_driver)
    doing = Doing(client[plan["database"]], plan["turns"])

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await client.admin.command("ping")
        yield

    app = FastAPI(lifespan=lifespan)
    for name, operation in plan["operations"].items():
        app.add_api_route(f"/{name}", _endpoint(doing, operation), methods=[operation["method"]])
    return app


def _endpoint(doing: Doing, operation: Mapping[str, Any]) -> Any:
    commands, answer = operation["commands"], json.loads(operation["answer"])

    async def read() -> Any:
        await doing.all(commands)
        return answer

    async def write(body: dict[str, Any]) -> Any:
        await doing.all(commands)
        return answer

    return write if operation["body"] else read


if __name__ == "__main__":
    plan = bson.decode(Path(sys.argv[1]).read_bytes())
    uvicorn.run(make_app(plan), host="127.0.0.1", port=int(sys.argv[2]), log_config=None, access_log=False)
