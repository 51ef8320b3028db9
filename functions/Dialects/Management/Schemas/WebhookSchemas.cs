using System.Text.Json.Nodes;
using Serverless.Domain.Webhooks;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Schemas;

/// <summary>Webhooks and their deliveries.</summary>
internal static class WebhookSchemas
{
    private static readonly string[] AlwaysThere =
    [
        "id",
        "url",
        "description",
        "types",
        "devices",
        "groups",
        "headerNames",
        "secrets",
        "state",
        "reason",
        "handshake",
        "form",
        "allowedRate",
        "created",
        "updated",
    ];

    public static IEnumerable<Component> All() =>
        [
            new("Webhook", Object(Members()).Requiring(AlwaysThere), Listed: true),
            new(
                "CreatedWebhook",
                Object([.. Members(), ("secret", Text().Saying("What requests are signed with; it is not shown again."))])
                    .Requiring([.. AlwaysThere, "secret"])
            ),
            new(
                "NewWebhook",
                Object([
                        .. Writable(),
                        ("headers", Headers(Text())),
                        ("secret", Secret()),
                        ("enabled", Flag().Default(true).Saying("False: it is made without asking its endpoint.")),
                    ])
                    .Requiring("url")
            ),
            new(
                "WebhookConsent",
                Object(("webhook", Text()), ("state", OneOf(Enum.GetNames<WebhookState>()))).Requiring("webhook", "state")
            ),
            new("WebhookPatch", Object([.. Writable(), ("headers", Headers(Text().OrNull()))])),
            new(
                "NewWebhookSecret",
                Object(
                    ("secret", Secret()),
                    (
                        "overlapSeconds",
                        Integer(0, WebhookDirectory.LongestOverlap.TotalSeconds).Saying("How long the secret before is good, too; a day.")
                    )
                )
            ),
            new("Delivery", Delivery(), Listed: true),
            new(
                "Replayed",
                Object(("replayed", Integer()), ("more", Flag().Saying("Whether there may be more: ask again.")))
                    .Requiring("replayed", "more")
            ),
        ];

    private static IEnumerable<(string, JsonObject)> Writable() =>
        [
            ("url", Text(1, WebhookRules.LongestUrl).Saying("An https address.")),
            ("description", Text(0, WebhookRules.LongestDescription)),
            (
                "types",
                ListOf(Text(1, WebhookRules.LongestType)).Saying("Types of events, with * for any characters; all where there are none.")
            ),
            ("devices", ListOf(Text(1)).Saying("Ids or UUIDs of devices; shown as ids.")),
            ("groups", ListOf(Text(1)).Saying("Groups of devices. All devices' events where neither devices nor groups are named.")),
            ("handshake", Handshake(WebhookHandshake.CloudEvents, WebhookHandshake.EventGrid)),
            ("form", Text(1, 64).Default(CloudEventsForm.FormName).Saying("The form of the body.")),
        ];

    private static IEnumerable<(string, JsonObject)> Members() =>
        [
            ("id", Text()),
            .. Writable().Where(member => member.Item1 != "handshake"),
            ("handshake", Handshake(Enum.GetValues<WebhookHandshake>())),
            ("rule", Text().OrNull().Saying("The rule whose crossings are all that it gets; made by a vendor's API.")),
            ("failingSince", Time().OrNull().Saying("Since when every attempt has failed.")),
            ("headerNames", ListOf(Text()).Saying("The names of its own headers; their values are not shown.")),
            (
                "secrets",
                ListOf(Object(("created", Time()), ("ends", Time().OrNull())).Requiring("created", "ends"))
                    .Saying("The current one, then the one before, until when it is good.")
            ),
            ("state", OneOf(Enum.GetNames<WebhookState>()).Saying("PendingValidation: its endpoint has not consented.")),
            ("reason", Text().OrNull().Saying("Why it is not enabled.")),
            ("allowedRate", Integer(1).OrNull().Saying("The most requests a minute, as its endpoint asked.")),
            ("created", Time()),
            ("updated", Time()),
        ];

    private static JsonObject Handshake(params WebhookHandshake[] known) =>
        OneOf([.. known.Select(one => one.ToString())])
            .Default(nameof(WebhookHandshake.CloudEvents))
            .Saying(
                "How the endpoint consents. CloudEvents: OPTIONS, answered with WebHook-Allowed-Origin. EventGrid: a validation event, answered with its code, or a GET of its validationUrl within ten minutes."
            );

    private static JsonObject Headers(JsonObject value) =>
        MapOf(value).Saying("Headers of its own that every request has, such as Authorization.");

    private static JsonObject Secret() => Text(1, 128).Saying("whsec_ and 24 to 64 bytes in base64; a random one where it is not given.");

    private static JsonObject Delivery() =>
        Object(
                ("id", Text().Saying("The header webhook-id of every attempt.")),
                ("webhook", Text()),
                ("state", OneOf(Enum.GetNames<DeliveryState>())),
                ("reason", Text().OrNull().Saying("Why it was given up.")),
                ("created", Time()),
                ("updated", Time()),
                ("due", Time().OrNull().Saying("When the next attempt may be made, while it is pending.")),
                ("eventId", Text()),
                ("eventType", Text()),
                ("eventSubject", Text()),
                ("event", Free().Saying("The event, until it is delivered; not in lists.")),
                ("attempts", ListOf(Attempt()))
            )
            .Requiring("id", "webhook", "state", "reason", "created", "updated", "due", "eventId", "eventType", "eventSubject", "attempts");

    private static JsonObject Attempt() =>
        Object(
                ("number", Integer(1)),
                ("time", Time()),
                ("status", Integer().OrNull().Saying("The answer's status.")),
                ("milliseconds", Integer(0).OrNull()),
                ("failure", Text().OrNull())
            )
            .Requiring("number", "time", "status", "milliseconds", "failure")
            .Saying("With neither status nor failure it is under way, or its process has ended.");
}
