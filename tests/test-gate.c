/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "helper/gate.h"
#include "ipc/error.h"
#include "lab/system-bus.h"

#define ACTION "io.github.pingem.helper.probe"

static LabSystemBus *bus;
static PolkitAuthority *authority;

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
check (gboolean may_ask, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  pingem_gate_check_async (authority, ACTION, ":1.42", may_ask, NULL, on_checked, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return pingem_gate_check_finish (result, error);
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

static void
test_asks_only_if_allowed (void)
{
  bus->authorized = TRUE;
  g_assert_true (check (FALSE, NULL));
  g_assert_cmpuint (bus->flags, ==, 0);
  g_assert_true (check (TRUE, NULL));
  g_assert_cmpuint (bus->flags, ==, 1);
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
  int status;

  g_test_init (&argc, &argv, NULL);
  bus = lab_system_bus_new ();
  polkit_authority_get_async (NULL, on_authority, NULL);
  lab_wait_until (authority != NULL);

  g_test_add_func ("/helper/gate/yes", test_yes);
  g_test_add_func ("/helper/gate/no", test_no);
  g_test_add_func ("/helper/gate/asks-only-if-allowed", test_asks_only_if_allowed);
  g_test_add_func ("/helper/gate/absent", test_absent);
  status = g_test_run ();

  g_object_unref (authority);
  lab_system_bus_free (bus);

  return status;
}
