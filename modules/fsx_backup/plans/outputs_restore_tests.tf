# The sentences of the refusals of `restore_test`, like those in outputs.tf.
output "restore_messages" {
  description = "The messages of the restore tests' schedules, by plan, once every rule holds."
  value       = local.messages.restore_test

  precondition {
    condition     = length(local.restore_test_mistakes.schedules) == 0
    error_message = "restore_test: EventBridge Scheduler would refuse these schedules, or they fire more than once an hour. Correct: ${local.named.restore_tests.schedules}."
  }

  precondition {
    condition     = length(local.restore_test_mistakes.timezones) == 0
    error_message = "restore_test: timezone must be an IANA time zone name like Europe/Paris, written exactly as in the time zone database. Correct: ${local.named.restore_tests.timezones}."
  }

  precondition {
    condition     = length(local.restore_test_mistakes.windows) == 0
    error_message = "restore_test: completion_window_minutes must be a whole number from 1 to 14400 (10 days: a message is received 1,000 times at most), hold_minutes one from 0 to 1440. Correct: ${local.named.restore_tests.windows}."
  }

  precondition {
    condition     = length(local.restore_test_mistakes.missing) == 0
    error_message = "restore_test: FSx restores a file system into subnet_ids, two of them for Multi-AZ, and a volume to a storage_virtual_machine_id. Give: ${local.named.restore_tests.missing}."
  }

  precondition {
    condition     = length(local.restore_test_mistakes.surplus) == 0
    error_message = "restore_test: only volumes have a storage_virtual_machine_id, and nothing else; only Windows and OpenZFS have throughput_capacity and deployment_type. Remove: ${local.named.restore_tests.surplus}."
  }

  precondition {
    condition     = length(local.restore_test_mistakes.zones) == 0
    error_message = "restore_test: a Single-AZ file system takes exactly one of subnet_ids. Remove the other, or give a Multi-AZ deployment_type: ${local.named.restore_tests.zones}."
  }

  precondition {
    condition     = length(local.restore_test_mistakes.ids) == 0
    error_message = "restore_test: ids must look like subnet-0123456789abcdef0 (two at most), sg-0123456789abcdef0 (50 at most) and svm-0123456789abcdef0, each once. Correct: ${local.named.restore_tests.ids}."
  }

  precondition {
    condition     = length(local.restore_test_mistakes.capacities) == 0
    error_message = "restore_test: throughput_capacity must be a whole number of MB/s from 8 to 100000, deployment_type SINGLE_AZ_1, SINGLE_AZ_2, MULTI_AZ_1, or of OpenZFS SINGLE_AZ_HA_1 or SINGLE_AZ_HA_2. Correct: ${local.named.restore_tests.capacities}."
  }

  precondition {
    condition     = length(local.restore_test_mistakes.sources) == 0
    error_message = "restore_test: source must be \"newest\" or one of the Regions of the plan's copies. Correct it, or add the Region to copies: ${local.named.restore_tests.sources}."
  }

  precondition {
    condition     = length(local.restore_test_mistakes.keys) == 0
    error_message = "restore_test: kms_key_arn must be the ARN of a key (not of an alias) in the Region where the test is made, like arn:aws:kms:eu-west-1:123456789012:key/…. Correct: ${local.named.restore_tests.keys}."
  }
}
