using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Inventory.Queries;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>The parameters by which lists of objects are filtered and ordered.</summary>
internal sealed class ObjectFilters(ManagedObjects objects, QueryReader queries)
{
    private static readonly (string Parameter, Relation Relation)[] ChildParameters =
    [
        ("childDeviceId", Relation.Device),
        ("childAssetId", Relation.Asset),
        ("childAdditionId", Relation.Addition),
    ];

    private static readonly Filter Everything = Filter.All();

    /// <summary>The objects that a request names by their ids or by a child of theirs, of those that its other parameters match; null where it names none.</summary>
    /// <exception cref="CumulocityException">A parameter is wrong.</exception>
    public async Task<IReadOnlyList<DeviceTwin>?> ByIdAsync(CumulocityRequest request)
    {
        if (await IdsAsync(request) is not { } ids)
        {
            return null;
        }

        var filter = (await ReadAsync(request)).Filter;
        var found = new List<DeviceTwin>();
        foreach (var id in ids.Distinct())
        {
            if (await objects.FindAsync(request.Tenant, id, request.Cancellation) is { } twin && Matches(filter, twin.Value))
            {
                found.Add(twin.Value);
            }
        }

        return found;
    }

    /// <summary>The other parameters as a query over twins: query or q alone, else all of the others together.</summary>
    /// <exception cref="CumulocityException">A parameter is wrong.</exception>
    public async Task<TwinQuery> ReadAsync(CumulocityRequest request)
    {
        var scope = DeviceScope.Owned(request);
        if (request.Query("query") is { } query)
        {
            return (await queries.ReadAsync(request.Tenant, query, request.Cancellation)).And(scope);
        }

        if (request.Query("q") is { } devices)
        {
            var isDevice = QueryTranslator.Has(new QueryPath(ShownFragments.IsDevice));
            return (await queries.ReadAsync(request.Tenant, devices, request.Cancellation)).And(isDevice).And(scope);
        }

        return new TwinQuery(null, [])
            .And(request.Query("type") is { } type ? Filter.Eq("type", JsonValue.Create(type)) : null)
            .And(request.Query("owner") is { } owner ? Filter.Eq("owner", JsonValue.Create(owner)) : null)
            .And(request.Query("fragmentType") is { } fragment ? HasFragment(fragment) : null)
            .And(request.Query("text") is { } text ? TextSearch.Filter(text) : null)
            .And(request.Flag("onlyRoots") ? IsRoot : null)
            .And(scope);
    }

    /// <summary>Whether a twin satisfies a filter.</summary>
    public static bool Matches(Filter? filter, DeviceTwin twin) =>
        filter is null || FilterEvaluator.Matches(filter, JsonSerializer.SerializeToElement(twin, DeviceJson.Default.DeviceTwin));

    private static Filter IsRoot { get; } =
        Filter.All([
            .. Enum.GetValues<Relation>()
                .Select(relation => new Filter.Not(new Filter.Element(ObjectReferences.ParentMember(relation), Everything))),
        ]);

    /// <summary>A fragment's name may hold dots; one that is a path finds what it leads to as well.</summary>
    private static Filter HasFragment(string fragment)
    {
        var path = fragment.Split('.');
        if (path.Length is 1 or > 16 || path.Contains(""))
        {
            return path.Length == 1 ? QueryTranslator.Has(new QueryPath(fragment)) : new Filter.Has(ShownMembers.Fragment(fragment));
        }

        return Filter.Any(new Filter.Has(ShownMembers.Fragment(fragment)), QueryTranslator.Has(new QueryPath(fragment)));
    }

    private async Task<IReadOnlyList<string>?> IdsAsync(CumulocityRequest request)
    {
        IEnumerable<string>? ids = request.Query("ids") is null ? null : request.List("ids");
        foreach (var (parameter, relation) in ChildParameters)
        {
            if (request.Query(parameter) is { } child)
            {
                var parents = (await objects.GetAsync(request, child)).Value.ParentsBy(relation);
                ids = ids is null ? parents : ids.Intersect(parents);
            }
        }

        return ids?.ToList();
    }
}
