/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <unistd.h>

#include "ipc/error.h"
#include "lab/source.h"
#include "lab/system-bus.h"

#define NO_BUS "unix:path=/nonexistent/pingem-test"

typedef struct {
  LabSource lab;
  gint64 batch_tick_ns;
  gboolean is_stamped;
} Fixture;

/*
 * On a whole tick of CLOCK_BOOTTIME, and what came since is told with the next one; but at once
 * until a reply was stamped by the kernel, as only then it may wait.
 */
static void
check_batch (PingemSource *source, const PingemRecord *record, Fixture *f)
{
  gint64 next_ns = record->due_ns + f->batch_tick_ns;

  g_assert_cmpint (record->due_ns % f->batch_tick_ns, ==, 0);
  if (record->state != PINGEM_STATE_REPLY)
    return;

  if (f->is_stamped)
    {
      g_assert_cmpint (pingem_clock_kernel (NULL).boot_ns, >=, next_ns);
      g_assert_true (record->flags & PINGEM_RECORD_KERNEL_STAMP);
    }
  f->is_stamped |= (record->flags & PINGEM_RECORD_KERNEL_STAMP) != 0;
}

static void
drop_source (PingemSource *source, const PingemRecord *record, Fixture *f)
{
  g_clear_object (&f->lab.source);
}

static PingemTargetSpec
make_spec (const char *address)
{
  PingemTargetSpec spec = { 7, .count = 3, .interval_ms = 10, .timeout_ms = 2000, .size = 56 };

  g_assert_true (pingem_address_parse (address, &spec.address));

  return spec;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", NO_BUS, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  lab_source_clear (&f->lab);
}

static void
test_replies (Fixture *f, gconstpointer kind)
{
  const PingemTargetSpec spec = make_spec ("127.0.0.1");

  lab_source_open (&f->lab, kind, PINGEM_SOURCE_FLAGS_NONE);
  g_assert_no_error (f->lab.error);
  g_assert_cmpstr (pingem_source_get_kind (f->lab.source), ==, kind);
  g_assert_nonnull (strstr (f->lab.why, kind));
  lab_source_add (&f->lab, &spec, 1);
  g_assert_no_error (f->lab.error);
  lab_wait_until (f->lab.n_replies == 3);
  g_assert_cmpuint (f->lab.last_target, ==, 7);
}

static void
test_batch (Fixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = make_spec ("127.0.0.1");

  /* It has long passed when the reply is read, but not when it came. */
  spec.timeout_ms = 50;
  spec.interval_ms = 200;
  f->batch_tick_ns = 200 * G_GINT64_CONSTANT (1000000);
  lab_source_open (&f->lab, kind, PINGEM_SOURCE_BATCH);
  g_signal_connect (f->lab.source, "record", G_CALLBACK (check_batch), f);
  lab_source_add (&f->lab, &spec, 1);
  lab_wait_until (f->lab.n_replies == 3);
}

static void
test_drop_in_handler (Fixture *f, gconstpointer kind)
{
  const PingemTargetSpec spec = make_spec ("127.0.0.1");
  PingemSource *source;

  lab_source_open (&f->lab, kind, PINGEM_SOURCE_FLAGS_NONE);
  source = f->lab.source;
  g_object_add_weak_pointer (G_OBJECT (source), (gpointer *) &source);
  g_signal_connect (source, "record", G_CALLBACK (drop_source), f);
  pingem_source_add_targets_async (f->lab.source, &spec, 1, NULL, NULL, NULL);
  lab_wait_until (source == NULL);
  g_assert_cmpuint (f->lab.n_records, >, 0);
}

static void
test_all_or_none (Fixture *f, gconstpointer kind)
{
  PingemTargetSpec specs[2] = { make_spec ("127.0.0.1"), make_spec ("224.0.0.1") };

  specs[1].id = 8;
  lab_source_open (&f->lab, kind, PINGEM_SOURCE_FLAGS_NONE);
  lab_source_add (&f->lab, specs, 2);
  g_assert_error (f->lab.error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS);

  specs[1] = specs[0];
  lab_source_add (&f->lab, specs, 2);
  g_assert_error (f->lab.error, PINGEM_ERROR, PINGEM_ERROR_EXISTS);

  specs[1] = make_spec ("127.0.0.1");
  specs[1].id = 8;
  specs[1].size = 1;
  lab_source_add (&f->lab, specs, 2);
  g_assert_error (f->lab.error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);

  lab_source_add (&f->lab, specs, 1);
  g_assert_no_error (f->lab.error);
  lab_wait_until (f->lab.n_replies == 3);
}

static void
test_change_unknown (Fixture *f, gconstpointer kind)
{
  const PingemTargetSpec spec = make_spec ("127.0.0.1");

  lab_source_open (&f->lab, kind, PINGEM_SOURCE_FLAGS_NONE);
  lab_source_change (&f->lab, &spec);
  g_assert_error (f->lab.error, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND);
  pingem_source_remove_target (f->lab.source, 99);
}

static void
test_auto_without_bus (Fixture *f, gconstpointer data)
{
  lab_source_open (&f->lab, "auto", PINGEM_SOURCE_FLAGS_NONE);
  g_assert_no_error (f->lab.error);
  g_assert_cmpstr (pingem_source_get_kind (f->lab.source), ==, "raw");
  g_assert_nonnull (strstr (f->lab.why, "no system bus"));
}

static void
test_auto_without_helper (Fixture *f, gconstpointer data)
{
  LabSystemBus *bus = lab_system_bus_new ();

  lab_source_open (&f->lab, "auto", PINGEM_SOURCE_FLAGS_NONE);
  g_assert_no_error (f->lab.error);
  g_assert_cmpstr (pingem_source_get_kind (f->lab.source), ==, "raw");
  g_assert_nonnull (strstr (f->lab.why, "not installed"));
  lab_system_bus_free (bus);
}

/* In a process of its own, as it gives up root. */
static void
run_as_nobody (const char *kind)
{
  Fixture f = { 0 };

  set_up (&f, NULL);
  g_assert_cmpint (setresuid (65534, 65534, 65534), ==, 0);
  lab_source_open (&f.lab, kind, PINGEM_SOURCE_FLAGS_NONE);
  if (f.lab.source != NULL)
    g_printerr ("opened: %s\n", f.lab.why);
  else
    g_printerr ("code %d: %s\n", f.lab.error->code, f.lab.error->message);
  tear_down (&f, NULL);
}

static void
test_nothing_works (void)
{
  if (g_test_subprocess ())
    {
      lab_write_file ("/proc/sys/net/ipv4/ping_group_range", "1 0");
      run_as_nobody ("auto");
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (
      "*code 9: *helper cannot be used: there is no system bus*raw socket*CAP_NET_RAW*datagram "
      "socket*sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"*");
}

static void
test_datagram_is_last (void)
{
  if (g_test_subprocess ())
    {
      run_as_nobody ("auto");
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*opened: a datagram socket, because the helper cannot be used*raw "
                             "socket cannot be used*");
}

static void
test_kinds (void)
{
  g_assert_true (pingem_source_kind_is_valid ("auto"));
  g_assert_true (pingem_source_kind_is_valid ("datagram"));
  g_assert_false (pingem_source_kind_is_valid ("udp"));
  g_assert_false (pingem_source_kind_is_valid (""));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/source/raw/" path, Fixture, "raw", set_up, function, tear_down);                   \
  g_test_add ("/source/datagram/" path, Fixture, "datagram", set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  const char *refusal;

  g_test_init (&argc, &argv, NULL);
  refusal = lab_enter_namespace ();
  if (refusal != NULL)
    {
      g_print ("1..0 # SKIP %s\n", refusal);
      return 0;
    }

  g_test_add_func ("/source/kinds", test_kinds);
  ADD ("replies", test_replies);
  ADD ("batch", test_batch);
  ADD ("drop-in-handler", test_drop_in_handler);
  ADD ("all-or-none", test_all_or_none);
  ADD ("change-unknown", test_change_unknown);
  g_test_add ("/source/auto/without-bus", Fixture, NULL, set_up, test_auto_without_bus, tear_down);
  g_test_add_func ("/source/auto/nothing-works", test_nothing_works);
  g_test_add_func ("/source/auto/R23 datagram-is-last", test_datagram_is_last);
  g_test_add ("/source/auto/R23 without-helper", Fixture, NULL, set_up, test_auto_without_helper,
              tear_down);

  return g_test_run ();
}
