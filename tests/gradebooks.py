"""What Canvas and Moodle give an instructor to fill in, for `data/lms/`; made by `python -m tests.lms`."""

# A group set has two assignments; Doe has an old mark, and Zhou never handed in.
CANVAS_GRADEBOOK = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,RNN and BPTT (880),Reading (881),Current Score\r\n"
    "    Points Possible,,,,,100,10,(read only)\r\n"
    '"Doe, Jane",4711,s1001,jdoe,Section A,12,9,12\r\n'
    '"Müller, Jörg",4712,s1002,jmueller,Section A,,8,\r\n'
    '"Nguyen, An",4713,s1003,anguyen,"Section A, evening",,,\r\n'
    '"Zhou, Wei",4799,s1099,wzhou,Section B,,,\r\n'
    '"Student, Test",9999,,abc123,Section A,,,\r\n'
)
MOODLE_WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    "Participant 1001,Jane Doe,jane@example.org,Submitted for grading,,100.00,Yes,"
    '"Friday, 20 November 2026, 8:30 PM",-,\n'
    "Participant 1002,Jörg Müller,joerg@example.org,Submitted for grading,,100.00,Yes,"
    '"Friday, 20 November 2026, 9:00 PM",-,\n'
    "Participant 1003,Ada Okafor,ada@example.org,Submitted for grading,55.00,100.00,Yes,"
    '"Friday, 20 November 2026, 9:00 PM","Monday, 23 November 2026, 9:00 AM",Well done\n'
    "Participant 1009,Wei Zhou,wei@example.org,No submission,,100.00,Yes,-,-,\n"
)
