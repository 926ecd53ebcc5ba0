"""What the examples have, for those who plan and those who apply them."""

# Example -> the plans it has, by deployment.
PLANS = {
    "bring-your-own": {"storage": {"home"}},
    "fleet": {
        "storage": {"scratch-hourly", "scratch-weekly", "scratch-before-migration", "home", "profiles", "database"}
    },
    "from-the-aws-sample": {"fsx-backup": {"scratch"}},
    "platform": {
        "storage-dublin": {"home", "profiles"},
        "storage-paris": {"home"},
        "storage-research": {"genomics"},
    },
    "restore": {"restored": {"scratch-restored"}},
    "smallest": {"fsx-backup": {"home"}},
}
