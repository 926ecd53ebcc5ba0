"""Schedule expressions that EventBridge Scheduler takes, and those that it refuses with what is wrong with them.

Source: EventBridge Scheduler user guide, "Schedule types"; EventBridge user guide, rate expressions.
"""

ACCEPTED_EXPRESSIONS = [
    "rate(1 hours)", "rate(1 minutes)", "rate(5 hour)",
    "rate(1 minute)", "rate(5 minutes)", "rate(1 hour)", "rate(12 hours)", "rate(1 day)", "rate(30 days)",
    "cron(0 0/4 * * ? *)", "cron(0 10 * * ? *)", "cron(15 12 * * ? *)", "cron(0 18 ? * MON-FRI *)",
    "cron(0 8 1 * ? *)", "cron(0/10 * ? * MON-FRI *)", "cron(0/5 8-17 ? * MON-FRI *)", "cron(1/10 * * * ? *)",
    "cron(15 10 ? * 6L 2022-2023)", "cron(0 9 ? * 2#1 *)", "cron(0 9 ? * FRI#2 *)", "cron(0 2 L * ? *)",
    "cron(0 2 LW * ? *)", "cron(0 2 3W * ? *)", "cron(0 2 ? * L *)", "cron(0 2 ? JAN,FEB,MAR * 2199)",
    "cron(*/15 2,14 1-15 JAN-JUN ? 1970/2)", "cron(05 08 01 01 ? *)", "cron(0 8-18/2 ? * 2/2 *)", "cron(0  2 * * ? *)",
    "at(2035-12-31T23:00:00)", "at(2036-02-29T00:00:00)",
    "cron(0/5 16-23,0-8 ? * MON-FRI *)", "cron(20 9 ? 1/1 MON#1 *)", "cron(0 8 ? * * *)",
    "cron(0 0/24 * * ? *)", "cron(0 8 1-7/2 * ? *)", "cron( 0 8 * * ? * )",
]  # fmt: skip

# Accepted with a warning: AWS does not document them, and forbids none -> what is said of them.
UNDOCUMENTED_EXPRESSIONS = {
    "cron(0 11 ? * FRI-MON *)": "FRI-MON wraps around",
    "cron(40 6 ? * MON-SUN *)": "MON-SUN wraps around",
    "cron(0 22-6 * * ? *)": "22-6 wraps around",
    "cron(0 18-8/2 * nov-feb ? *)": "nov-feb is not in capitals, 18-8/2 wraps around, nov-feb wraps around",
    "cron(00 9 ? * mon-fri *)": "mon-fri is not in capitals",
    "cron(0 8 l * ? *)": "l is not in capitals",
}

SIX = "cron takes six fields, minutes hours day-of-month month day-of-week year, like cron(0 5 * * ? *)"
RATE = "rate takes a whole number and its unit, like rate(1 hour) or rate(12 hours)"
AT = "at takes a date and time of the calendar, like at(2035-12-31T23:00:00)"
ONE = "exactly one of day-of-month and day-of-week must be ?, like cron(0 5 * * ? *)"
NONE = "it must be one of cron(...), rate(...) and at(...), like cron(0 5 * * ? *) for every day at 05:00"
MUST = {
    "minutes": "its minutes must be 0 to 59",
    "hours": "its hours must be 0 to 23",
    "day-of-month": "its day-of-month must be 1 to 31, or alone one like L, LW and 15W",
    "month": "its month must be 1 to 12 or JAN to DEC",
    "day-of-week": "its day-of-week must be 1 to 7 or SUN to SAT, or alone one like L, 6L and MON#1",
    "year": "its year must be 1970 to 2199, the earlier one first",
}
REFUSED_EXPRESSIONS = {
    **dict.fromkeys(["rate(0 minutes)", "rate(-1 hours)", "rate(1.5 hours)"], RATE),
    **dict.fromkeys(["rate(2 weeks)", "rate(05 minutes)", "rate(5)", "rate(60 seconds)"], RATE),
    **dict.fromkeys(["every day", "0 0 * * ? *", "CRON(0 0 * * ? *)", " cron(0 0 * * ? *)"], NONE),
    **dict.fromkeys(
        [
            "cron(0 0 * * *)",
            "cron(0 8, 20 * * ? *)",
            "cron(0\t8 * * ? *)",
            "cron(0 0 * * ? * *)",
            "cron()",
            "cron(0 0 * * ? *",
        ],
        SIX,
    ),
    **dict.fromkeys(["cron(0 0 * * * *)", "cron(0 0 ? * ? *)", "cron(0 0 1 * MON *)"], ONE),
    **dict.fromkeys(["at(2026-02-30T00:00:00)", "at(2026-02-28)", "at(2026-02-28T24:00:00)"], AT),
    **dict.fromkeys(["at(2026-02-28T23:00:00Z)", "at(2026-02-28 23:00:00)"], AT),
    "cron(60 0 * * ? *)": f"{MUST['minutes']}, not 60",
    "cron(? 0 * * ? *)": f"{MUST['minutes']}, not ?",
    "cron(0 24 * * ? *)": f"{MUST['hours']}, not 24",
    "cron(0 0/0 * * ? *)": f"{MUST['hours']}, not 0/0",
    "cron(0/61 0 * * ? *)": f"{MUST['minutes']}, not 0/61",
    "cron(0 1,,2 * * ? *)": f"{MUST['hours']}, not 1,,2",
    "cron(0 0 32 * ? *)": f"{MUST['day-of-month']}, not 32",
    "cron(0 0 0 * ? *)": f"{MUST['day-of-month']}, not 0",
    "cron(0 0 32W * ? *)": f"{MUST['day-of-month']}, not 32W",
    "cron(0 0 L,1 * ? *)": f"{MUST['day-of-month']}, not L,1",
    "cron(0 0 * 13 ? *)": f"{MUST['month']}, not 13",
    "cron(0 0 * JANUARY ? *)": f"{MUST['month']}, not JANUARY",
    "cron(0 0 ? * 8 *)": f"{MUST['day-of-week']}, not 8",
    "cron(0 0 ? * MON#6 *)": f"{MUST['day-of-week']}, not MON#6",
    "cron(0 0 ? * 3#1,6#3 *)": f"{MUST['day-of-week']}, not 3#1,6#3",
    "cron(0 0 * * ? 1969)": f"{MUST['year']}, not 1969",
    "cron(0 0 * * ? 2200)": f"{MUST['year']}, not 2200",
    "cron(0 0 * * ? 2030-2027)": f"{MUST['year']}, not 2030-2027",
    "cron(0 8 L-3 * ? *)": f"{MUST['day-of-month']}, not L-3",
    "cron(0 8 ? * 0 *)": f"{MUST['day-of-week']}, not 0",
    "cron(0 8 1W,15W * ? *)": f"{MUST['day-of-month']}, not 1W,15W",
    "cron(a 25 * * * *)": f"{MUST['hours']}, not 25; {MUST['minutes']}, not a; {ONE}",
}
