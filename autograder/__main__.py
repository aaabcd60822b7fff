"""`python -m autograder` is `bptt`."""

from autograder.cli import main

if __name__ == "__main__":
    main(prog_name="bptt")
