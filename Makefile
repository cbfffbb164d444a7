# Thin aliases for those who have make; bootstrap.py does the work.
.PHONY: demo test lab check lock
demo:
	python3 bootstrap.py demo
test:
	python3 bootstrap.py test
lab:
	python3 bootstrap.py lab
check:
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/pyright && .venv/bin/lint-imports
lock:
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -c requirements.lock -o requirements-dev.lock
