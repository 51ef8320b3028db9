namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>A body that each operation with JSON takes. Of what is in braces the names are filled in; {n} is another number in each request.</summary>
internal static class RightBodies
{
    /// <summary>What stands for a number that no other request has.</summary>
    public const string Number = "{n}";

    private const string Alarm =
        """{"source":{"id":"{device}"},"type":"c8y_Hot","text":"hot","severity":"MAJOR","status":"ACTIVE","time":"2020-03-19T12:03:27.845Z"}""";

    private const string Rule = """{"dataType":"EVENT","fragmentType":"*","type":"t{n}","source":"*","maximumAge":36500}""";
    private const string Linked = """{"managedObject":{"id":"{free}"}}""";
    private const string Unlinked = """{"references":[{"managedObject":{"id":"{childId}"}}]}""";

    private static readonly Dictionary<string, string> All = new()
    {
        ["POST /alarm/alarms"] = Alarm,
        ["POST /alarm/alarms/upsert"] = Alarm,
        ["PUT /alarm/alarms"] = """{"status":"CLEARED"}""",
        ["PUT /alarm/alarms/{id}"] = """{"status":"ACKNOWLEDGED","severity":"MINOR","text":"warm"}""",
        ["POST /devicecontrol/operations"] = """{"deviceId":"{device}","description":"Restart","c8y_Restart":{}}""",
        ["PUT /devicecontrol/operations/{id}"] = """{"status":"EXECUTING"}""",
        ["POST /devicecontrol/newDeviceRequests"] = """{"id":"r-{n}"}""",
        ["PUT /devicecontrol/newDeviceRequests/{requestId}"] = """{"status":"ACCEPTED"}""",
        ["POST /devicecontrol/deviceCredentials"] = """{"id":"r-0"}""",
        ["POST /devicecontrol/bulkoperations"] =
            """{"groupId":"{group}","startDate":"2099-01-01T00:00:00.000Z","creationRamp":15,"operationPrototype":{"c8y_Restart":{}}}""",
        ["PUT /devicecontrol/bulkoperations/{id}"] = """{"creationRamp":20}""",
        ["POST /audit/auditRecords"] =
            """{"type":"Operation","activity":"made","text":"by hand","time":"2020-03-19T12:03:27.845Z","source":{"id":"{device}"}}""",
        ["POST /event/events"] = """{"source":{"id":"{device}"},"type":"c8y_Sms","text":"sent","time":"2020-03-19T12:03:27.845Z"}""",
        ["PUT /event/events/{id}"] = """{"text":"received"}""",
        ["POST /inventory/managedObjects"] = """{"name":"made","type":"t","externalIds":[{"type":"t","externalId":"x-{n}"}]}""",
        ["PUT /inventory/managedObjects"] = """{"managedObjects":[{"id":"{device}","x_a":1}]}""",
        ["PUT /inventory/managedObjects/{id}"] = """{"name":"changed","type":"t"}""",
        ["POST /inventory/managedObjects/{id}/childAdditions"] = Linked,
        ["POST /inventory/managedObjects/{id}/childAssets"] = Linked,
        ["POST /inventory/managedObjects/{id}/childDevices"] = Linked,
        ["DELETE /inventory/managedObjects/{id}/childAdditions"] = Unlinked,
        ["DELETE /inventory/managedObjects/{id}/childAssets"] = Unlinked,
        ["DELETE /inventory/managedObjects/{id}/childDevices"] = Unlinked,
        ["PUT /inventory/managedObjects/{id}/user"] = """{"enabled":true}""",
        ["POST /identity/search"] = """{"externalIds":[{"type":"c8y_Serial","externalId":"none"}]}""",
        ["POST /identity/globalIds/{id}/externalIds"] = """{"type":"c8y_Serial","externalId":"sn-{n}"}""",
        ["PUT /user/currentUser"] = """{"firstName":"Ada"}""",
        ["POST /measurement/measurements"] =
            """{"source":{"id":"{device}"},"type":"c8y_Steam","time":"2020-03-19T12:03:27.845Z","c8y_Steam":{"T":{"value":1,"unit":"C"}}}""",
        ["POST /notification2/token"] = """{"subscriber":"c1","subscription":"known","expiresInMinutes":10}""",
        ["POST /notification2/subscriptions"] =
            """{"context":"mo","source":{"id":"{device}"},"subscription":"s{n}","subscriptionFilter":{"apis":["measurements"]}}""",
        ["POST /retention/retentions"] = Rule,
        ["PUT /retention/retentions/{id}"] = Rule,
        ["POST /tenant/options"] = """{"category":"cat","key":"k{n}","value":"v"}""",
        ["PUT /tenant/options/{category}"] = """{"k":"v"}""",
        ["PUT /tenant/options/{category}/{key}"] = """{"value":"v"}""",
    };

    /// <summary>Operations whose right body is refused as things are, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["PUT /devicecontrol/newDeviceRequests/{requestId}"] = "Only a device that waits can be accepted, and none has asked.",
        ["POST /devicecontrol/deviceCredentials"] = "It is for the login that devices without credentials share.",
    };

    /// <summary>What operations are to be about, where the document does not require it.</summary>
    public static readonly IReadOnlyDictionary<string, string> Queries = new Dictionary<string, string>
    {
        ["PUT /alarm/alarms"] = "source={device}",
    };

    /// <summary>The operation's body, or null where it takes no JSON.</summary>
    public static string? Find(
        string operation,
        IReadOnlyDictionary<string, string> names,
        IReadOnlyDictionary<string, string>? of = null
    ) =>
        (of ?? All).TryGetValue(operation, out var body)
            ? names.Aggregate(body, (text, name) => text.Replace($"{{{name.Key}}}", name.Value, StringComparison.Ordinal))
            : null;
}
