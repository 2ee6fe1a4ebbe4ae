"""Which results of tools say that the tool failed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.tool_failure import failure

FAILED = [
    "Error: payment method not found",
    "Error: ferry K7 not available on date 2031-04-02",
    "ERROR - database is locked",
    "error[E0308]: mismatched types",
    "[ERROR] disk full",
    "**Error:** no such user",
    "\u274c Error: the tool crashed",
    "Tool error: bad input",
    "Error executing tool search: connection closed",
    "Error code: 429 - too many requests",
    "Failed to fetch https://example.org/: 503",
    "Fatal: not a git repository (or any of the parent directories): .git",
    "fatal: not a git repository",
    "<error>the file is locked</error>",
    "<tool_use_error>File has not been read yet.</tool_use_error>",
    "ValueError: invalid literal for int() with base 10: 'x'",
    "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='x', port=443)",
    "java.lang.NullPointerException: name",
    'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nZeroDivisionError: division by zero',
    "step 1 of 3\nTraceback (most recent call last):\n  File ...\nKeyError: 'id'",
    "bash: foo: command not found",
    "cat: notes.txt: No such file or directory",
    "ls: cannot open directory '/root': Permission denied",
    "npm ERR! code ELIFECYCLE",
    "Segmentation fault (core dumped)",
    "Command failed with exit code 2",
    "HTTP 500",
    "HTTP/1.1 404 Not Found",
    "404 Not Found",
    "500: Internal Server Error",
    "Request failed with status code 403",
    "User not found",
    "No results found.",
    "No flights found for that date.",
    "No matches.",
    "Permission denied",
    "Access denied: you need the role admin.",
    "The request timed out after 30 seconds.",
    "Timeout",
    "Connection refused",
    "Rate limit exceeded, try again in 20 s",
    "Quota exceeded for this project.",
    "Invalid date format, expected YYYY-MM-DD",
    "Unknown tool: get_wether",
    "Missing required argument: city",
    "Order 17 does not exist.",
    "The service is temporarily unavailable. Please try again later.",
    "Payment could not be processed.",
    "Your card was declined.",
    "Not enough seats on this flight.",
    "The username is already taken.",
    "Fehler: Zug nicht gefunden",
    "Erreur : fichier introuvable",
    "Error: no se encontr\u00f3 el vuelo",
    "\u9519\u8bef\uff1a\u627e\u4e0d\u5230\u7528\u6237",
    "\u30a8\u30e9\u30fc: \u63a5\u7d9a\u3067\u304d\u307e\u305b\u3093",
    '{"error": "not found"}',
    '{"error": {"code": 404, "message": "no such item"}}',
    '{"data": null, "errors": [{"message": "Cannot query field x"}]}',
    '{"status": "error", "message": "quota"}',
    '{"status": "fail", "data": {"title": "required"}}',
    '{"status": 404, "title": "Not Found"}',
    '{"statusCode": 502, "body": ""}',
    '{"status": "503 Service Unavailable"}',
    '{"success": false}',
    '{"ok": false, "error": "channel_not_found"}',
    '{"success": "false", "message": "nope"}',
    '{"isError": true, "content": [{"type": "text", "text": "it broke"}]}',
    '{"detail": "Not found."}',
    '{"message": "Internal server error"}',
    '{"exit_code": 1, "stdout": "", "stderr": "boom"}',
    '{"result": {"error": "no such column"}}',
    '{"result": "Error: no such column"}',
    '{"code": 401, "message": "token expired"}',
    '[{"type": "text", "text": "Error: unknown city"}]',
    '[{"error": "a"}, {"error": "b"}]',
    '"Error: quoted"',
    "error",
    "Failed.",
    '{"code": "NOT_FOUND", "message": "no user"}',
    '{"success": 0}',
    "<html><head><title>502 Bad Gateway</title></head></html>",
    "No flights available",
    "McpError: MCP error -32602: Invalid arguments",
]
FINE = [
    "",
    "   ",
    "[]",
    "{}",
    "null",
    "0",
    "255.0",
    "Transfer successful",
    "Success: 3 rows updated, 1 failed before and was repaired",
    "OK",
    "Done. No errors.",
    "No errors found.",
    "0 errors, 0 warnings",
    "Errors: 0",
    "error: none",
    "Build finished without errors in 3.2 s.",
    "=== 12 passed, 0 failed in 0.31s ===",
    "All tests passed.",
    "Found 3 results.",
    "Sunny, 22 degrees, wind from the west.",
    '{"errors": []}',
    '{"error": null, "rows": [1, 2]}',
    '{"error": "", "rows": []}',
    '{"error": false}',
    '{"error": "none", "value": 3}',
    '{"errors": 0, "tests": 12}',
    '{"tests": 12, "errors": 3}',
    '{"success": true, "message": "The old entry could not be found, a new one was made."}',
    '{"status": "ok", "results": []}',
    '{"status": 200, "body": "x"}',
    '{"status": "cancelled", "order": 17}',
    '{"id": 4, "code": 404, "name": "article", "price": 3, "stock": 2}',
    '{"flight": "HAT030", "seats": 4, "gate": "B", "time": "10:00", "status": "failed"}',
    '{"exit_code": 0, "stdout": "", "stderr": "warning: deprecated"}',
    '{"error_rate": 0.02, "p99": 120}',
    '[{"title": "How to fix Error: 404 not found", "url": "https://example.org"}]',
    '[{"id": 1}, {"error": "b"}]',
    "Error handling in Rust rests on two types, Result and Option. " * 8,
    "# Errors\n\nThis chapter lists the errors that the server returns.\n\n- 404: not found\n- 500: server error\n" * 4,
    "The Timeout of a Lifetime is a novel about a referee who could not find the whistle. " * 5,
    "def parse(x):\n    try:\n        return int(x)\n    except ValueError:\n        raise ParseError('not found')\n",
    '{"failed": 2, "passed": 3}',
    '{"available": false, "reason": "fully booked"}',
    "You have 2 unread messages: 'Timeout policy' and 'Missing you'",
    "500 seats are left in the hall.",
    "The train 404 leaves at 10:15 from platform 2.",
]


@pytest.mark.parametrize("result", FAILED)
def test_failures_are_recognized(result: str) -> None:
    """By the sign that a person would point at; a rule stands beside every one."""
    assert failure(result)


@pytest.mark.parametrize("result", FINE)
def test_other_results_are_not(result: str) -> None:
    """A result that merely contains the word, and one that is empty, give no occasion to repair a plan."""
    assert failure(result) == ""


PIECES = st.sampled_from(
    ["Error", ": ", "\n", "{", '"error"', ":", "}", "[", "]", "404", "not found", "no ", " ", "A", "Traceback"]
)


@given(st.text() | st.lists(PIECES, max_size=30).map("".join))
def test_any_result_is_judged(result: str) -> None:
    """Tools return anything."""
    assert isinstance(failure(result), str)


@pytest.mark.parametrize(
    "unit", ["a", "a.", "Error", " ", "[", '{"a":', "error ", "a: ", "A.", "\ud800", "no a ", "*_`", "\u274c"]
)
def test_hostile_results_take_bounded_time(unit: str) -> None:
    """A tool may return a megabyte; its opening and its ending are read."""
    text = unit * (1_000_000 // len(unit))
    for length in (1_000_000, 19_999, 299):
        failure(text[:length])
