/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "helper/gate.h"
#include "ipc/error.h"
#include "lab/system-bus.h"

#define ACTION "io.github.pingem.helper.probe"

static LabSystemBus *bus;
static PolkitAuthority *authority;
static PingemGate *gate;

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static gboolean
check (gboolean may_ask, GError **error)
{
  const PingemQuestion question = { ACTION, ":1.42", 1000, may_ask };
  g_autoptr (GAsyncResult) result = NULL;

  pingem_gate_check_async (gate, &question, NULL, on_checked, &result);

  return pingem_gate_check_finish (wait_for (&result), NULL, error);
}

static void
test_yes (void)
{
  g_autoptr (GError) error = NULL;

  bus->authorized = TRUE;
  g_assert_true (check (FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (bus->action, ==, ACTION);
  g_assert_cmpstr (bus->subject, ==, ":1.42");
}

static void
test_no (void)
{
  const struct {
    gboolean challenge;
    gboolean dismissed;
    PingemError code;
    const char *what_to_do;
  } cases[] = {
    { FALSE, FALSE, PINGEM_ERROR_DENIED, "log in to a local desktop session" },
    { TRUE, FALSE, PINGEM_ERROR_AUTH_REQUIRED, "log in to a local desktop session" },
    { FALSE, TRUE, PINGEM_ERROR_DENIED, "try again" },
    { TRUE, TRUE, PINGEM_ERROR_DENIED, "try again" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      bus->authorized = FALSE;
      bus->challenge = cases[i].challenge;
      bus->dismissed = cases[i].dismissed;
      g_assert_false (check (FALSE, &error));
      g_assert_error (error, PINGEM_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].what_to_do));
    }

  bus->challenge = bus->dismissed = FALSE;
}

/* First without, and with a person only where that is allowed and of use. */
static void
test_asks_only_if_allowed (void)
{
  guint n = bus->n_asked;

  bus->authorized = TRUE;
  g_assert_true (check (TRUE, NULL));
  g_assert_cmpuint (bus->n_asked, ==, n + 1);
  g_assert_cmpuint (bus->flags, ==, 0);

  bus->authorized = FALSE;
  g_assert_false (check (TRUE, NULL));
  g_assert_cmpuint (bus->n_asked, ==, n + 2);

  bus->challenge = TRUE;
  g_assert_false (check (FALSE, NULL));
  g_assert_cmpuint (bus->n_asked, ==, n + 3);
  g_assert_cmpuint (bus->flags, ==, 0);
  g_assert_false (check (TRUE, NULL));
  g_assert_cmpuint (bus->n_asked, ==, n + 5);
  g_assert_cmpuint (bus->flags, ==, 1);
  bus->challenge = FALSE;
}

/* Answers nothing, then @uid's prompt is open. */
static void
open_prompt (guint32 uid, GCancellable *cancellable, GAsyncResult **result)
{
  const PingemQuestion question = { ACTION, ":1.42", uid, TRUE };

  bus->authorized = FALSE;
  bus->challenge = TRUE;
  bus->hold = TRUE;
  pingem_gate_check_async (gate, &question, cancellable, on_checked, result);
  lab_wait_until (bus->held != NULL);
  lab_polkit_answer (bus);
  lab_wait_until (bus->held != NULL || *result != NULL);
}

static void
answer_prompts (GDBusMethodInvocation **held, GAsyncResult **results, guint n)
{
  bus->authorized = TRUE;
  for (guint i = 0; i < n; i++)
    {
      gboolean by_person = FALSE;

      bus->held = held[i];
      lab_polkit_answer (bus);
      g_assert_true (pingem_gate_check_finish (wait_for (&results[i]), &by_person, NULL));
      g_assert_true (by_person);
      g_clear_object (&results[i]);
    }
  bus->challenge = bus->hold = FALSE;
}

/* One of a user, 16 of everybody; the next is refused, and one more is taken when one is answered.
 */
static void
test_prompts (void)
{
  GDBusMethodInvocation *held[16];
  GAsyncResult *results[17] = { NULL };

  for (guint i = 0; i < 16; i++)
    {
      g_autoptr (GAsyncResult) second = NULL;
      g_autoptr (GError) error = NULL;

      open_prompt (1000 + i, NULL, &results[i]);
      g_assert_nonnull (held[i] = g_steal_pointer (&bus->held));
      open_prompt (1000 + i, NULL, &second);
      g_assert_nonnull (second);
      g_assert_false (pingem_gate_check_finish (second, NULL, &error));
      g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
    }

  open_prompt (2000, NULL, &results[16]);
  g_assert_nonnull (results[16]);
  g_assert_false (pingem_gate_check_finish (results[16], NULL, NULL));
  g_clear_object (&results[16]);

  answer_prompts (held, results, 16);
  g_assert_true (check (FALSE, NULL));
}

/* What is cancelled or late is taken back from polkit, and its place is free. */
static void
test_prompt_ends (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  for (guint i = 0; i < 2; i++)
    {
      GAsyncResult *result = NULL;
      g_autoptr (GError) error = NULL;
      guint n = bus->n_cancelled;

      open_prompt (1000, i == 0 ? cancellable : NULL, &result);
      if (i == 0)
        g_cancellable_cancel (cancellable);
      g_assert_false (pingem_gate_check_finish (wait_for (&result), NULL, &error));
      g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
      lab_wait_until (bus->n_cancelled == n + 1);
      g_clear_object (&result);
      lab_polkit_answer (bus);
      bus->challenge = bus->hold = FALSE;
    }
}

static void
test_timeout (void)
{
  g_autoptr (GError) error = NULL;

  bus->authorized = bus->hold = TRUE;
  g_assert_false (check (FALSE, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "in time"));
  lab_polkit_answer (bus);
  bus->hold = FALSE;
}

static void
test_absent (void)
{
  g_autoptr (GError) error = NULL;

  bus->authorized = TRUE;
  lab_polkit_set_present (bus, FALSE);
  g_assert_false (check (FALSE, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
  lab_polkit_set_present (bus, TRUE);
}

static void
on_authority (GObject *source, GAsyncResult *result, gpointer user_data)
{
  authority = polkit_authority_get_finish (result, NULL);
  g_assert_nonnull (authority);
}

int
main (int argc, char *argv[])
{
  static const PingemGateLimits limits = { 2000, 3000, 1, 16 };
  int status;

  g_test_init (&argc, &argv, NULL);
  bus = lab_system_bus_new ();
  polkit_authority_get_async (NULL, on_authority, NULL);
  lab_wait_until (authority != NULL);
  gate = pingem_gate_new (authority, &limits);

  g_test_add_func ("/helper/gate/R2 the bus name alone is asked for", test_yes);
  g_test_add_func ("/helper/gate/R3 no", test_no);
  g_test_add_func ("/helper/gate/R3 absent", test_absent);
  g_test_add_func ("/helper/gate/R3 timeout", test_timeout);
  g_test_add_func ("/helper/gate/R7 asks only if allowed", test_asks_only_if_allowed);
  g_test_add_func ("/helper/gate/R5 prompts", test_prompts);
  g_test_add_func ("/helper/gate/R5 prompt ends", test_prompt_ends);
  status = g_test_run ();

  pingem_gate_unref (gate);
  g_object_unref (authority);
  lab_system_bus_free (bus);

  return status;
}
