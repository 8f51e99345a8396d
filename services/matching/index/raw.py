"""What compiled functions need and numba has no word for: arrays known by address, and memory asked for ahead of its use."""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.numpy_support import carray

from services.matching.index.compiled import rule


def _as_pointer(_: Any, address: Any) -> Any:

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.voidptr(address), code


def _asking(_: Any, address: Any) -> Any:

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [place, ir.IntType(32), ir.IntType(32), ir.IntType(32)])
        ask = builder.module.declare_intrinsic("llvm.prefetch", [place], kind)
        read, everywhere, data = (ir.Constant(ir.IntType(32), value) for value in (0, 3, 1))
        builder.call(ask, [builder.inttoptr(arguments[0], place), read, everywhere, data])
        return context.get_dummy_value()

    return types.void(address), code


_pointer = cast(Callable[[int], Any], intrinsic(_as_pointer))
"""A whole number as the address that it is."""
_fetch = cast(Callable[[int], None], intrinsic(_asking))
"""Ask for the line of memory at an address, to read, without waiting; one that is not ours is ignored."""
LINE = 64
"""Bytes that a processor reads at once."""


@rule
def fetch(address: int, size: int) -> None:
    """Ask for all lines of so many bytes from an address."""
    for offset in range(0, size, LINE):
        _fetch(address + offset)
    _fetch(address + size - 1)


@rule
def there(address: int, count: int, kind: Any) -> Any:
    """The array of so many items of a kind at an address. Whoever told it holds the array meanwhile."""
    return carray(_pointer(address), count, kind)
