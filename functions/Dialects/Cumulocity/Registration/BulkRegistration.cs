using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain;
using Serverless.Domain.Audit;
using Serverless.Domain.Devices;
using Serverless.Domain.Registration;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Registration;

/// <summary>What came of a line: made, given another password, or why not.</summary>
internal enum BulkOutcome
{
    Created,
    CredentialUpdated,
    Failed,
}

/// <summary>A line's outcome.</summary>
internal sealed record BulkResult(BulkOutcome Outcome, string Id, string? Reason, string Line);

/// <summary>
/// Registers the devices of a file, each by itself. With the column CREDENTIALS a device has its user at once, and with TYPE and NAME its managed object; without it the device is expected, and asks for its
/// credentials as others do.
/// </summary>
internal sealed class BulkRegistration(
    DeviceRegistration registration,
    UserDirectory users,
    DeviceDirectory devices,
    DeviceService service,
    GroupPaths groups
)
{
    private const string DefaultIdType = "c8y_Serial";
    private const string ExternalPrefix = "external-";

    /// <summary>The columns that mean something; others are properties of the device.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "ID",
        "CREDENTIALS",
        "AUTH_TYPE",
        "TENANT",
        "TYPE",
        "NAME",
        "ICCID",
        "IDTYPE",
        "PATH",
        "SHELL",
        "ENROLLMENT_OTP",
    ];

    /// <summary>Does what the lines of a file say.</summary>
    /// <exception cref="CumulocityException">The file has no column ID.</exception>
    public async Task<IReadOnlyList<BulkResult>> RunAsync(string tenant, string owner, CsvFile file, CancellationToken cancellation)
    {
        if (!file.Columns.Contains("ID"))
        {
            throw CumulocityErrors.Invalid("devicecontrol", "The file has no column ID.");
        }

        var results = new List<BulkResult>();
        foreach (var line in file.Lines)
        {
            var id = line["ID"] ?? "";
            try
            {
                var outcome = file.Columns.Contains("CREDENTIALS")
                    ? await RegisterAsync(tenant, owner, id, line, cancellation)
                    : await ExpectAsync(tenant, owner, id, line, cancellation);
                results.Add(new BulkResult(outcome, id, null, line.Text));
            }
            catch (DomainException refused)
            {
                results.Add(new BulkResult(BulkOutcome.Failed, id, refused.Message, line.Text));
            }
        }

        return results;
    }

    private async Task<BulkOutcome> ExpectAsync(string tenant, string owner, string id, CsvLine line, CancellationToken cancellation)
    {
        var group = line["PATH"] is { } path ? await groups.FindOrCreateAsync(tenant, path, owner, cancellation) : null;
        await registration.CreateAsync(tenant, id, group, line["TYPE"], owner, cancellation);
        return BulkOutcome.Created;
    }

    private async Task<BulkOutcome> RegisterAsync(string tenant, string owner, string id, CsvLine line, CancellationToken cancellation)
    {
        DeviceRegistration.Check(id);
        if (line["AUTH_TYPE"] is { } way && !way.Equals("BASIC", StringComparison.OrdinalIgnoreCase))
        {
            throw DomainException.Invalid("AUTH_TYPE", "Devices log in with credentials here: AUTH_TYPE is BASIC.");
        }

        var password = line["CREDENTIALS"] ?? throw DomainException.Invalid("CREDENTIALS", "The line has no CREDENTIALS.");
        var user = DeviceRegistration.UserOf(id);
        var isNew = await users.FindAsync(tenant, user, cancellation) is null;
        await users.SetDeviceAsync(tenant, user, password, cancellation, null, new AuditActor(owner));
        if (line["TYPE"] is { } type && line["NAME"] is { } name)
        {
            await CreateDeviceAsync(tenant, owner, user, id, type, name, line, cancellation);
        }

        return isNew ? BulkOutcome.Created : BulkOutcome.CredentialUpdated;
    }

    private async Task CreateDeviceAsync(
        string tenant,
        string owner,
        string user,
        string id,
        string type,
        string name,
        CsvLine line,
        CancellationToken cancellation
    )
    {
        var own = new ExternalId(line["IDTYPE"] ?? DefaultIdType, id);
        if (await devices.FindByExternalIdAsync(tenant, own, cancellation) is not null)
        {
            return;
        }

        var group = line["PATH"] is { } path ? await groups.FindOrCreateAsync(tenant, path, owner, cancellation) : null;
        var device = new NewDevice
        {
            Name = name,
            Type = type,
            Owner = user,
            ExternalIds = [own, .. ExternalIdsOf(line)],
            AssetParents = group is null ? [] : [group],
            Fragments = FragmentsOf(line),
        };
        await service.CreateAsync(tenant, device, cancellation);
    }

    private static IEnumerable<ExternalId> ExternalIdsOf(CsvLine line) =>
        from pair in line.Values
        where pair.Key.StartsWith(ExternalPrefix, StringComparison.Ordinal) && pair.Value.Length > 0
        select new ExternalId(pair.Key[ExternalPrefix.Length..], pair.Value);

    /// <summary>The device's properties: a column such as com_cumulocity_model_Agent.active is a member of an object.</summary>
    private static JsonObject FragmentsOf(CsvLine line)
    {
        var fragments = new JsonObject { ["c8y_IsDevice"] = new JsonObject() };
        if (line["ICCID"] is { } iccid)
        {
            fragments["c8y_Mobile"] = new JsonObject { ["iccid"] = iccid };
        }

        if (line["SHELL"] == "1")
        {
            fragments["c8y_SupportedOperations"] = new JsonArray("c8y_Command");
        }

        var properties = line.Values.Where(pair =>
            pair.Value.Length > 0 && !Columns.Contains(pair.Key) && !pair.Key.StartsWith(ExternalPrefix, StringComparison.Ordinal)
        );
        foreach (var (name, value) in properties)
        {
            var (target, path) = (fragments, name.Split('.'));
            foreach (var member in path.SkipLast(1))
            {
                if (target[member] is not JsonObject inner)
                {
                    target[member] = inner = [];
                }

                target = inner;
            }

            target[path[^1]] = value;
        }

        return fragments;
    }
}
