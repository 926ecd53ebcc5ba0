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
    "cron(0 11 ? * FRI-MON *)": "FRI-MON goes round",
    "cron(40 6 ? * MON-SUN *)": "MON-SUN goes round",
    "cron(0 22-6 * * ? *)": "22-6 goes round",
    "cron(0 18-8/2 * nov-feb ? *)": "nov-feb is not in capitals, 18-8/2 goes round, nov-feb goes round",
    "cron(00 9 ? * mon-fri *)": "mon-fri is not in capitals",
    "cron(0 8 l * ? *)": "l is not in capitals",
}

SIX = "cron takes six fields: minutes hours day-of-month month day-of-week year"
RATE = "rate takes a whole number and its unit, like rate(1 hour) or rate(12 hours)"
AT = "at takes a date and time of the calendar, like at(2035-12-31T23:00:00)"
ONE = "exactly one of day-of-month and day-of-week must be ?"
NONE = "it is none of cron(...), rate(...) and at(...)"
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
    "cron(60 0 * * ? *)": "its minutes cannot be 60",
    "cron(? 0 * * ? *)": "its minutes cannot be ?",
    "cron(0 24 * * ? *)": "its hours cannot be 24",
    "cron(0 0/0 * * ? *)": "its hours cannot be 0/0",
    "cron(0/61 0 * * ? *)": "its minutes cannot be 0/61",
    "cron(0 1,,2 * * ? *)": "its hours cannot be 1,,2",
    "cron(0 0 32 * ? *)": "its day-of-month cannot be 32",
    "cron(0 0 0 * ? *)": "its day-of-month cannot be 0",
    "cron(0 0 32W * ? *)": "its day-of-month cannot be 32W",
    "cron(0 0 L,1 * ? *)": "its day-of-month cannot be L,1",
    "cron(0 0 * 13 ? *)": "its month cannot be 13",
    "cron(0 0 * JANUARY ? *)": "its month cannot be JANUARY",
    "cron(0 0 ? * 8 *)": "its day-of-week cannot be 8",
    "cron(0 0 ? * MON#6 *)": "its day-of-week cannot be MON#6",
    "cron(0 0 ? * 3#1,6#3 *)": "its day-of-week cannot be 3#1,6#3",
    "cron(0 0 * * ? 1969)": "its year cannot be 1969",
    "cron(0 0 * * ? 2200)": "its year cannot be 2200",
    "cron(0 0 * * ? 2030-2027)": "its year cannot be 2030-2027",
    "cron(0 8 L-3 * ? *)": "its day-of-month cannot be L-3",
    "cron(0 8 ? * 0 *)": "its day-of-week cannot be 0",
    "cron(0 8 1W,15W * ? *)": "its day-of-month cannot be 1W,15W",
    "cron(a 25 * * * *)": f"its hours cannot be 25, its minutes cannot be a, {ONE}",
}
