using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Schemas;

/// <summary>Tenants, users, clients, tokens, signing keys and problems.</summary>
internal static class AccountSchemas
{
    public static IEnumerable<Component> All() =>
        [
            new("Tenant", Object([Id(), .. TenantMembers()]).Requiring("id", "name", "timeZone", "settings", "databases"), Listed: true),
            new("NewTenant", Object([Id(), .. TenantMembers()]).Requiring("id")),
            new("TenantPatch", Object(TenantMembers())),
            new("User", User(), Listed: true),
            new("NewUser", Object([("name", UserName()), .. UserMembers()]).Requiring("name")),
            new("UserPatch", Object(UserMembers())),
            new("Tokens", Tokens()),
            new("NewToken", NewToken()),
            new(
                "IssuedToken",
                Object(("purpose", Purpose()), ("token", Text().Saying("Shown here and never again."))).Requiring("purpose", "token")
            ),
            new("Client", Object(("id", Text()), ("tenant", Text())).Requiring("id", "tenant"), Listed: true),
            new("NewClient", Object(("id", ClientId()), ("secret", Secret())).Requiring("id")),
            new("ClientSecret", Object(("secret", Secret()))),
            new(
                "IssuedClient",
                Object(("id", Text()), ("tenant", Text()), ("secret", Text().Saying("Shown here and never again.")))
                    .Requiring("id", "tenant", "secret")
            ),
            new("SigningKey", Object(("id", Text().Saying("The key id in the headers of the tokens that it signs."))).Requiring("id")),
            new("Login", Login()),
            new("TokenPair", TokenPair()),
            new("Problem", Problem()),
        ];

    private static (string, JsonObject) Id() => ("id", Text(1, 64).Saying("1 to 64 of a-z, A-Z, 0-9, - and _; unique in the cloud."));

    private static (string, JsonObject)[] TenantMembers() =>
        [
            ("name", Text(0, 256)),
            ("timeZone", Text(1, 64).Saying("An IANA time zone, for the APIs that speak local time.")),
            (
                "settings",
                Object(
                    (
                        "unknownDevices",
                        OneOf(Enum.GetNames<UnknownDevices>())
                            .OrNull()
                            .Saying("What happens with messages of a device that nobody has registered.")
                    ),
                    (
                        "proficloudErrors500",
                        Flag().Saying("Whether Proficloud's API answers wrong input with 500, as its documentation has it.")
                    ),
                    ("queries", Queries()),
                    ("commands", Commands()),
                    ("thingsee", Thingsee()),
                    ("thingScale", ThingScale()),
                    ("cumulocity", Cumulocity()),
                    ("conduit", ConduitLimits())
                )
            ),
            (
                "databases",
                ListOf(Text(1, 255))
                    .Saying(
                        "Databases besides iot, which every tenant has. Setting the list makes those that are new and drops, with their points, those that it leaves out."
                    )
            ),
        ];

    private static JsonObject Queries() =>
        Object(
                ("maxRows", Bound().Saying("Rows of an answer in one piece; those beyond are cut off.")),
                ("maxBuckets", Bound().Saying("Windows of GROUP BY time in a statement.")),
                ("maxSeries", Bound().Saying("Series that a statement reads.")),
                ("maxPoints", Integer(0, 1L << 53).Saying("Points that a statement reads.")),
                ("maxMemory", Integer(0, 1L << 53).Saying("Bytes that a statement holds at a time.")),
                ("timeoutSeconds", Integer(0, 86_400).Saying("Seconds that a request's statements may take.")),
                ("maxConcurrent", Bound().Saying("Requests that run at a time.")),
                ("maxLength", Integer(1, 1 << 24).Saying("Characters of a query.")),
                ("maxDepth", Integer(1, 500).Saying("Parentheses, calls and subqueries within one another."))
            )
            .Saying("What InfluxQL queries may cost; 0 is no bound.");

    private static JsonObject ThingScale() =>
        Object(
                ("requestsPerSecond", Bound().Saying("Requests a second that the services take from one address; 0 for any number.")),
                (
                    "connectorRequestsPerSecond",
                    Bound().Saying("Requests a second that the HTTP device connector takes from one address; 0 for any number.")
                ),
                ("maxDevices", Bound().Saying("Devices that the tenant may have before this API makes no more; 0 for any number.")),
                ("flatRows", Flag().Saying("Whether rows that came as v1 payloads are shown flat, as value to value4."))
            )
            .Saying("What ThingScale's API allows and shows.");

    private static JsonObject Cumulocity() =>
        Object(
                ("maxSeriesValues", Bound().Saying("Times of an answer of series; those beyond are cut off. 0 for any number.")),
                ("mqttPayloadBytes", Bound().Saying("Bytes of an MQTT message with its header; a larger one is refused. 0 for any number."))
            )
            .Saying("What Cumulocity's API allows.");

    private static JsonObject Commands() =>
        Object(
                ("delivery", OneOf(Enum.GetNames<CommandDelivery>()).Saying("The way to devices whose type is not among types.")),
                ("types", MapOf(OneOf(Enum.GetNames<CommandDelivery>()).OrNull()).Saying("The way by the device's type.")),
                ("lifetimeSeconds", Integer(1, 30 * 86_400).Saying("What a device has for a command without a deadline of its own."))
            )
            .Saying("How commands go to devices.");

    private static JsonObject Thingsee() =>
        Object(("strictGroupIds", Flag().Saying("Whether a group's id must be built as Haltian prescribes it; else it is any word.")))
            .Saying("The Thingsee API.");

    private static JsonObject ConduitLimits() =>
        Object(
                ("readSeconds", Number(0, 86_400).Saying("Seconds in which a token may read once, whichever instance it asks.")),
                ("writesPerSecond", Bound().Saying("Writes of a token in a second, per instance.")),
                ("maxPoints", Bound().Saying("Data points of an answer of V6 and V4; those beyond are left out, the newest first.")),
                ("maxRangeDays", Integer(0, 36_500).Saying("Days between fcdt and tcdt.")),
                ("maxAnswerBytes", Bound().Saying("Bytes of an answer before compression."))
            )
            .Saying("The limits of Conduit's API; 0 is no limit.");

    private static JsonObject Bound() => Integer(0, int.MaxValue);

    private static JsonObject UserName() => Text(1, 128).Saying("Unique in the tenant; without a slash or control characters.");

    private static (string, JsonObject)[] UserMembers() =>
        [
            ("password", Text(4, 1024)),
            ("roles", ListOf(OneOf(Roles.All)).Saying("Only an operator makes operators.")),
            ("mqttUser", Text(0, 128).OrNull().Saying("The user name of its devices on ThingScale's MQTT connector.")),
            ("conduit", Conduit()),
        ];

    private static JsonObject Conduit() =>
        Object(("http", Flag()), ("mqtt", Flag()), ("webhook", Flag())).Saying("What the user's Conduit token opens.");

    private static JsonObject User() =>
        Object(
                ("name", Text()),
                ("roles", ListOf(OneOf(Roles.All))),
                ("mqttUser", Text().OrNull()),
                ("hasPassword", Flag()),
                ("tokens", Ref("Tokens")),
                ("conduit", Conduit())
            )
            .Requiring("name", "roles", "mqttUser", "hasPassword", "tokens", "conduit");

    private static JsonObject Purpose() => OneOf("api", "device", "conduit");

    private static JsonObject Tokens() =>
        Object(("api", Flag()), ("device", Flag()), ("conduit", Flag()))
            .Requiring("api", "device", "conduit")
            .Saying("Which tokens the user has.");

    private static JsonObject NewToken() =>
        Object(
                ("purpose", Purpose()),
                ("token", Text(4, 1024).Saying("The token, to keep one that clients have already; a random one where it is not given."))
            )
            .Requiring("purpose");

    private static JsonObject ClientId() => Text(1, 128).Saying("Unique in the cloud, for a client logs in without naming its tenant.");

    private static JsonObject Secret() => Text(4, 1024).Saying("A random one where it is not given.");

    private static JsonObject Login() =>
        Object(
                ("username", Text(1, 256).Saying("user or tenant/user.")),
                ("password", Text(1, 1024)),
                ("refreshToken", Text(1, 8192).Saying("Instead of user name and password."))
            )
            .Saying("User name and password, or a refresh token.");

    private static JsonObject TokenPair() =>
        Object(
                ("accessToken", Text()),
                ("refreshToken", Text().Saying("Buys new pairs until the user's password changes.")),
                ("tokenType", OneOf("Bearer")),
                ("expiresIn", Integer().Saying("Seconds for which the access token is good."))
            )
            .Requiring("accessToken", "refreshToken", "tokenType", "expiresIn");

    private static JsonObject Problem() =>
        Object(
                ("type", OneOf(Problems.All.Select(problem => problem.Type)).Saying("Stable: what clients may compare.")),
                ("title", Text()),
                ("status", Integer()),
                ("detail", Text()),
                ("member", Text().Saying("The member of the body, or the parameter, that is wrong."))
            )
            .Requiring("type", "title", "status");
}
