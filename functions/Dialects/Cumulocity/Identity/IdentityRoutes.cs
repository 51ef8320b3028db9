using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Inventory.Objects;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Identity;

/// <summary>The names that objects have in other systems (reference 1.4). Those of other doors are among them: iothub, c8y_Serial, thingscale and what else a device was registered by.</summary>
internal sealed class IdentityRoutes(ManagedObjects objects, DeviceService service) : ICumulocityRoutes
{
    private const string ObjectPath = "/identity/globalIds/{id}/externalIds";
    private const string Member = "externalIds";
    private const string CollectionType = "externalidcollection";
    private const string Type = "externalid";
    private const int MostSearched = 100;

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", ObjectPath, Permission.Write, AddAsync),
            new("GET", ObjectPath, Permission.Read, ListAsync),
            new("GET", "/identity/externalIds/{type}/{**name}", Permission.Read, ReadAsync),
            new("DELETE", "/identity/externalIds/{type}/{**name}", Permission.Write, RemoveAsync),
            new("POST", "/identity/search", Permission.Read, SearchAsync),
        ];

    private async Task<CumulocityAnswer> AddAsync(CumulocityRequest request)
    {
        var external = ExternalIdInput.Read(await request.ReadObjectAsync());
        var twin = await ObjectAsync(request);
        if (twin.ExternalIds.Contains(external))
        {
            throw ManagedObjects.IdentityTaken;
        }

        twin = await ChangeAsync(request, twin.Id, ids => [.. ids, external]);
        return CumulocityAnswer.Created(Show(request, twin, external), Type, SelfOf(request, external));
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        var twin = await ObjectAsync(request);
        var shown = twin.ExternalIds.Select(external => Show(request, twin, external));
        return CumulocityAnswer.Ok(
            new JsonObject
            {
                ["self"] = request.Urls.Of($"/identity/globalIds/{twin.Id}/externalIds"),
                [Member] = new JsonArray([.. shown]),
            },
            CollectionType
        );
    }

    private async Task<CumulocityAnswer> ReadAsync(CumulocityRequest request)
    {
        var external = Named(request);
        return CumulocityAnswer.Ok(Show(request, await FindAsync(request, external), external), Type);
    }

    private async Task<CumulocityAnswer> RemoveAsync(CumulocityRequest request)
    {
        var external = Named(request);
        var twin = await FindAsync(request, external);
        if (!twin.ExternalIds.Contains(external))
        {
            throw CumulocityErrors.Invalid("identity", $"The {external.Type} of a device is its own, and stays.");
        }

        await ChangeAsync(request, twin.Id, ids => [.. ids.Where(id => id != external)]);
        return CumulocityAnswer.NoContent;
    }

    /// <summary>Those of the external ids that are known, each with its object.</summary>
    private async Task<CumulocityAnswer> SearchAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        var wanted = body[Member] switch
        {
            null => throw CumulocityErrors.MissingFields([Member]),
            JsonArray { Count: <= MostSearched } list => list,
            JsonArray => throw request.Invalid($"At most {MostSearched} external ids are searched at once."),
            _ => throw request.Invalid($"The member {Member} is a list."),
        };
        var found = new JsonArray();
        foreach (var item in wanted)
        {
            var external = ExternalIdInput.Read(
                item as JsonObject ?? throw request.Invalid("An external id has a type and an externalId.")
            );
            if (
                await objects.Devices.FindByExternalIdAsync(request.Tenant, external, request.Cancellation) is { } twin
                && await objects.MaySeeAsync(request, twin.Value)
            )
            {
                found.Add(Show(request, twin.Value, external));
            }
        }

        return CumulocityAnswer.Ok(new JsonObject { ["self"] = request.Urls.Of("/identity/search"), [Member] = found }, CollectionType);
    }

    private async Task<DeviceTwin> ObjectAsync(CumulocityRequest request)
    {
        try
        {
            return (await objects.GetAsync(request, request["id"])).Value;
        }
        catch (CumulocityException missing) when (missing.Status == 404)
        {
            throw CumulocityErrors.NotFound("identity", "Global ID not found");
        }
    }

    private async Task<DeviceTwin> FindAsync(CumulocityRequest request, ExternalId external)
    {
        var found =
            await objects.Devices.FindByExternalIdAsync(request.Tenant, external, request.Cancellation)
            ?? throw CumulocityErrors.NotFound(
                "identity",
                $"External id not found; external id = ID [type={external.Type}, value={external.Value}]"
            );
        return (await objects.GetAsync(request, found.Value.Id)).Value;
    }

    private async Task<DeviceTwin> ChangeAsync(
        CumulocityRequest request,
        string id,
        Func<IReadOnlyList<ExternalId>, IReadOnlyList<ExternalId>> change
    )
    {
        try
        {
            return (
                await service.UpdateAsync(
                    request.Tenant,
                    id,
                    twin => twin with { ExternalIds = change(twin.ExternalIds) },
                    null,
                    request.Cancellation
                )
            ).Value;
        }
        catch (DomainException refusal)
        {
            throw ManagedObjects.Refused(refusal, id);
        }
    }

    private static ExternalId Named(CumulocityRequest request) => new(request["type"], request["name"]);

    private static string SelfOf(CumulocityRequest request, ExternalId external) =>
        request.Urls.Of($"/identity/externalIds/{Uri.EscapeDataString(external.Type)}/{Uri.EscapeDataString(external.Value)}");

    private static JsonObject Show(CumulocityRequest request, DeviceTwin twin, ExternalId external) =>
        new()
        {
            ["externalId"] = external.Value,
            ["type"] = external.Type,
            ["managedObject"] = new JsonObject { ["id"] = twin.Id, ["self"] = request.Urls.ManagedObject(twin.Id) },
            ["self"] = SelfOf(request, external),
        };
}
