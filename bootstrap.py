"""Sets up the kit on a machine that has only Python, then runs the demonstration, the tests or JupyterLab.

python3 bootstrap.py demo     sample client, whole chain, prints the path of the PDF
python3 bootstrap.py test     the test suite (further arguments go to pytest)
python3 bootstrap.py lab      JupyterLab on the sample client
python3 bootstrap.py          only sets up .venv

Standard library only. This file must still be readable by an old Python, so that it can say so in words.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)
HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
LAUNCHER = "py" if os.name == "nt" else "python3"


def say(text):
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def stop(text):
    """Print what is wrong and what to do, and end with status 1."""
    sys.stderr.write("\n" + text + "\n")
    sys.exit(1)


def check_python():
    """Stop when this Python is too old or too new for the locked packages."""
    found = "%d.%d" % sys.version_info[:2]
    if sys.version_info[:2] < OLDEST:
        stop(
            "This is Python %s; the kit needs Python 3.11 or newer.\n"
            "Install a newer Python and run this file with it, for example: %s bootstrap.py demo"
            % (found, "py -3.12" if os.name == "nt" else "python3.12")
        )
    if sys.version_info[:2] > NEWEST:
        stop(
            "This is Python %s; the locked packages are known to work up to Python 3.14.\n"
            "Run this file with an older one, for example: %s bootstrap.py demo"
            % (found, "py -3.14" if os.name == "nt" else "python3.14")
        )


def venv_python():
    """Return the path of the environment's Python."""
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", "python.exe")
    return os.path.join(VENV, "bin", "python")


def make_venv(uv):
    """Make .venv unless a usable one is there."""
    if os.path.exists(venv_python()) and subprocess.call([venv_python(), "-c", "pass"]) == 0:
        return
    say("Making the environment .venv ...")
    if uv and subprocess.call([uv, "venv", "--quiet", "--clear", "--seed", "--python", sys.executable, VENV]) == 0:
        return
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        stop(
            "This Python cannot make virtual environments: its module venv or ensurepip is missing.\n"
            "On Debian or Ubuntu: sudo apt install python%d.%d-venv. Elsewhere: install Python from its official installer.\n"
            "Then run this file again." % sys.version_info[:2]
        )
    try:
        venv.EnvBuilder(with_pip=True, clear=os.path.exists(VENV)).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        stop(
            "The environment .venv could not be made (%s).\n"
            "Check that this folder can be written to and that the disk has 2 GB left, then run this file again."
            % error.__class__.__name__
        )


def digest(names):
    """Return a hash of the files that decide what is installed."""
    total = hashlib.sha256()
    for name in names:
        with open(os.path.join(HERE, name), "rb") as handle:
            total.update(handle.read())
    total.update(repr(sys.version_info[:2]).encode("ascii"))
    return total.hexdigest()


def install(uv, lock):
    """Install the locked packages and the kit itself, with uv if it works and else with pip."""
    stamp = os.path.join(VENV, "installed-" + lock)
    wanted = digest([lock, "pyproject.toml"])
    if os.path.exists(stamp):
        with open(stamp, encoding="ascii") as handle:
            if handle.read() == wanted:
                return
    say("Installing the locked packages (about 1 GB on disk; a minute or two the first time) ...")
    python = venv_python()
    locked = ["install", "--quiet", "--require-hashes", "-r", os.path.join(HERE, lock)]
    itself = ["install", "--quiet", "--no-build-isolation", "--no-deps", "-e", HERE]
    done = False
    if uv:
        done = all(
            subprocess.call([uv, "pip", part[0], "--python", python, *part[1:]], cwd=HERE) == 0
            for part in (locked, itself)
        )
        if not done:
            say("uv did not succeed; trying pip ...")
    if not done:
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
        if subprocess.call([python, "-c", "import pip"], stderr=subprocess.DEVNULL) != 0:
            subprocess.call([python, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
        done = all(
            subprocess.call([*pip, part[0], "--no-compile", *part[1:]], cwd=HERE) == 0 for part in (locked, itself)
        )
    if not done:
        stop(
            "The packages could not be installed; the lines above say why.\n"
            "Without a connection to a package index nothing can be downloaded: check the network, or the proxy and index\n"
            "settings of pip (pip config list) or uv, then run this file again. What is already installed is kept."
        )
    with open(stamp, "w", encoding="ascii") as handle:
        handle.write(wanted)


def main():
    """Set up, then do what was asked."""
    check_python()
    verb = sys.argv[1] if len(sys.argv) > 1 else "setup"
    rest = sys.argv[2:]
    if verb not in ("setup", "demo", "test", "lab"):
        stop("'%s' is not known here. Use: %s bootstrap.py demo, test or lab." % (verb, LAUNCHER))
    uv = shutil.which("uv")
    make_venv(uv)
    install(uv, "requirements-dev.lock" if verb == "test" else "requirements.lock")
    environment = dict(os.environ, PYTHONUTF8="1")
    if verb == "test":
        # one process per core of a small machine; a file's tests stay together, so that they share what they set up
        command = ["-m", "pytest", *(rest or ["-m", "not slow", "-n", "2", "--dist", "loadfile"])]
    elif verb == "demo":
        command = ["-m", "analysis.cli", "demo", *rest]
    elif verb == "lab":
        command = ["-m", "analysis.cli", "lab", "sample", *rest]
    else:
        activate = ".venv\\Scripts\\activate" if os.name == "nt" else "source .venv/bin/activate"
        say("Ready. Next: %s, then: engage demo" % activate)
        return 0
    return subprocess.call([venv_python(), *command], cwd=HERE, env=environment)


if __name__ == "__main__":
    sys.exit(main())
