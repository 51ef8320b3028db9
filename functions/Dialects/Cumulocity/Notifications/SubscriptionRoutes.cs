using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>/notification2: the resource itself, and its subscriptions.</summary>
internal sealed class SubscriptionRoutes(SubscriptionDirectory subscriptions, DeviceDirectory devices, DeviceIds ids, ChangeLog log)
    : ICumulocityRoutes
{
    private const string Type = "subscription";
    private const string Area = "reliable-notification";
    private const string Path = "/notification2/subscriptions";

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("GET", "/notification2", Permission.Admin, ShowResourceAsync),
            new("GET", Path, Permission.Admin, ListAsync),
            new("POST", Path, Permission.Admin, CreateAsync),
            new("DELETE", Path, Permission.Admin, DeleteAllAsync),
            new("GET", Path + "/{id}", Permission.Admin, GetAsync),
            new("DELETE", Path + "/{id}", Permission.Admin, DeleteAsync),
        ];

    private static Task<CumulocityAnswer> ShowResourceAsync(CumulocityRequest request)
    {
        var all = request.Urls.Of(Path);
        return Task.FromResult(
            CumulocityAnswer.Ok(
                new JsonObject
                {
                    ["self"] = request.Urls.Of("/notification2"),
                    ["notificationSubscriptions"] = new JsonObject { ["self"] = all, ["subscriptions"] = null },
                    ["notificationSubscriptionsBySource"] = all + "?source={source}",
                    ["notificationSubscriptionsBySourceAndContext"] = all + "?source={source}&context={context}",
                    ["notificationSubscriptionsByContext"] = all + "?context={context}",
                },
                "notificationapi"
            )
        );
    }

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        var subscription = await ReadAsync(request, await request.ReadObjectAsync());
        if (!await subscriptions.CreateAsync(request.Tenant, subscription, request.Cancellation))
        {
            throw CumulocityErrors.Duplicate(
                $"{Area}/Duplicate",
                $"Subscription with source <'{subscription.Source}'>, context <'{subscription.Context}'> & subscription <'{subscription.Subscription}'> already exists!"
            );
        }

        var shown = await ShowAsync(request, subscription);
        return CumulocityAnswer.Created(shown, Type, (string)shown["self"]!);
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        CheckContext(request.Query("context"));
        var all = await subscriptions.ListAsync(
            request.Tenant,
            request.Query("source"),
            request.Query("context"),
            request.Query("subscription"),
            request.Cancellation
        );
        if (request.Query("typeFilter") is { } wanted)
        {
            all = [.. all.Where(one => one.TypeFilter == wanted)];
        }

        var page = request.Page;
        var items = all.Skip((int)Math.Min(page.Skip, int.MaxValue)).Take(page.Size).ToList();
        var shown = new List<JsonNode>();
        foreach (var item in items)
        {
            shown.Add(await ShowAsync(request, item));
        }

        return PageAnswer.Of(request, "subscriptions", "subscriptioncollection", shown, page.Skip + items.Count < all.Count, all.Count);
    }

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request) =>
        await subscriptions.FindAsync(request.Tenant, request["id"], request.Cancellation) is { } found
            ? CumulocityAnswer.Ok(await ShowAsync(request, found), Type)
            : throw Missing();

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request) =>
        await subscriptions.DeleteAsync(request.Tenant, request["id"], request.Cancellation) ? CumulocityAnswer.NoContent : throw Missing();

    private async Task<CumulocityAnswer> DeleteAllAsync(CumulocityRequest request)
    {
        var (context, source) = (request.Query("context"), request.Query("source"));
        CheckContext(context);
        if (source is null && context != NotificationSubscription.TenantContext)
        {
            throw Invalid("source is needed, unless context is tenant.");
        }

        // In the tenant's context there is no source.
        var all = await subscriptions.ListAsync(
            request.Tenant,
            context == NotificationSubscription.TenantContext ? null : source,
            context ?? NotificationSubscription.ObjectContext,
            null,
            request.Cancellation
        );
        foreach (var one in all)
        {
            await subscriptions.DeleteAsync(request.Tenant, one.Id, request.Cancellation);
        }

        return CumulocityAnswer.NoContent;
    }

    private async Task<NotificationSubscription> ReadAsync(CumulocityRequest request, JsonObject body)
    {
        var (context, name) = (Text(body, "context"), Text(body, "subscription"));
        if (context is null || name is null)
        {
            throw CumulocityErrors.MissingFields(
                new[] { ("context", context), ("subscription", name) }.Where(pair => pair.Item2 is null).Select(pair => pair.Item1)
            );
        }

        CheckContext(context);
        if (name.Length is 0 or > 255 || !name.All(char.IsAsciiLetterOrDigit))
        {
            throw Invalid("subscription is a name of up to 255 letters and digits.");
        }

        var isTenant = context == NotificationSubscription.TenantContext;
        var source = isTenant ? null : await SourceAsync(request, body);
        var filter = Member<JsonObject>(body, "subscriptionFilter");
        var types = filter is null ? null : Text(filter, "typeFilter");
        if (types is not null && TypeFilter.Parse(types, out var error) is null)
        {
            throw Invalid(error);
        }

        return new NotificationSubscription
        {
            Id = ids.Next(),
            Context = context,
            Source = source,
            Subscription = name,
            Apis = filter is null ? [] : Apis(context, filter),
            TypeFilter = types,
            FragmentsToCopy = Texts(body, "fragmentsToCopy"),
            NonPersistent = body["nonPersistent"] switch
            {
                null => false,
                JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
                _ => throw Invalid("nonPersistent is true or false."),
            },
            Since = await log.GetLastAsync(request.Tenant, request.Cancellation),
        };
    }

    private async Task<string> SourceAsync(CumulocityRequest request, JsonObject body)
    {
        var source = Member<JsonObject>(body, "source");
        var id =
            source?["id"] is JsonValue value && value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number
                ? value.ToString()
                : throw CumulocityErrors.MissingFields(["source"]);
        return await devices.FindAsync(request.Tenant, id, request.Cancellation) is null ? throw CumulocityErrors.ObjectNotFound(id) : id;
    }

    private static IReadOnlyList<string> Apis(string context, JsonObject filter)
    {
        var apis = Texts(filter, "apis");
        var known = NotificationSubscription.ApisOf(context);
        if (apis.FirstOrDefault(api => api != NotificationSubscription.EveryApi && !known.Contains(api)) is { } wrong)
        {
            throw Invalid($"'{wrong}' is no API of the context {context}; there are {string.Join(", ", known)}, or * alone.");
        }

        return apis.Count > 1 && apis.Contains(NotificationSubscription.EveryApi) ? throw Invalid("In apis, * stands alone.") : apis;
    }

    private static void CheckContext(string? context)
    {
        if (context is not (null or NotificationSubscription.ObjectContext or NotificationSubscription.TenantContext))
        {
            throw Invalid("context is mo or tenant.");
        }
    }

    private async Task<JsonObject> ShowAsync(CumulocityRequest request, NotificationSubscription subscription)
    {
        var shown = new JsonObject
        {
            ["id"] = subscription.Id,
            ["self"] = request.Urls.Of($"{Path}/{subscription.Id}"),
            ["context"] = subscription.Context,
            ["subscription"] = subscription.Subscription,
        };
        if (subscription.Source is { } source)
        {
            shown["source"] = new JsonObject { ["self"] = request.Urls.ManagedObject(source), ["id"] = source };
            if (await devices.FindAsync(request.Tenant, source, request.Cancellation) is { } twin)
            {
                shown["source"]!["name"] = twin.Value.Name;
            }
        }

        var filter = new JsonObject();
        if (subscription.Apis.Count > 0)
        {
            filter["apis"] = new JsonArray([.. subscription.Apis.Select(api => JsonValue.Create(api))]);
        }

        if (subscription.TypeFilter is { } types)
        {
            filter["typeFilter"] = types;
        }

        if (filter.Count > 0)
        {
            shown["subscriptionFilter"] = filter;
        }

        if (subscription.FragmentsToCopy.Count > 0)
        {
            shown["fragmentsToCopy"] = new JsonArray([.. subscription.FragmentsToCopy.Select(name => JsonValue.Create(name))]);
        }

        shown["nonPersistent"] = subscription.NonPersistent;
        return shown;
    }

    private static T? Member<T>(JsonObject body, string name)
        where T : JsonNode =>
        body[name] switch
        {
            null => null,
            T member => member,
            _ => throw Invalid($"{name} is {(typeof(T) == typeof(JsonObject) ? "an object" : "an array")}."),
        };

    private static string? Text(JsonObject body, string name) =>
        body[name] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => throw Invalid($"{name} is a string."),
        };

    private static IReadOnlyList<string> Texts(JsonObject body, string name) =>
        [
            .. (Member<JsonArray>(body, name) ?? []).Select(item =>
                item is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Invalid($"{name} holds strings.")
            ),
        ];

    private static CumulocityException Invalid(string message) => CumulocityErrors.Invalid(Area, message);

    private static CumulocityException Missing() => CumulocityErrors.NotFound(Area, "Finding subscription from database failed");
}
