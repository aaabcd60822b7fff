"""The trusted side of the sandbox. Nothing here imports, parses or unpickles what a student wrote.

Before anything runs:

    protect      `protected_machine`: the machine, after its self-test; words about it for people
    levels       `detect`, `Machine`: the protection that this machine gives; the command and the layers of a worker
    places       the files and folders that a worker may read
    filters      the system calls that it may make, as a seccomp program; `syscalls` has their numbers
    selftest     `self_test`: tries all that must not work, in a real worker

While a submission runs:

    supervisor   `open_worker`, `Supervisor`: starts a worker, and runs one job at a time in it
    perform      `Session`, `EncodedPlan`: has a plan performed, in as many processes as it takes
    encode       plans and jobs as frames
    monitor      attends one process: reads its answers, keeps its time
    messages     checks what the process sends
    refusals     reads from the kernel what the process was refused
    usage        reads from the kernel how much time the process had

`errors` has the ways in which the sandbox itself can fail. What may not live here: student code.
"""
