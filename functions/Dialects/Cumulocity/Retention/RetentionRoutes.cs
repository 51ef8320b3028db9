using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.DataRetention;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Retention;

/// <summary>/retention/retentions (reference 1.9). A rule that is not editable is the operator's.</summary>
internal sealed class RetentionRoutes(RetentionRuleDirectory rules, PageCursors pages) : ICumulocityRoutes
{
    private const string Path = "/retention/retentions";

    public IEnumerable<CumulocityRoute> All()
    {
        yield return new CumulocityRoute("GET", Path, Permission.Read, ListAsync);
        yield return new CumulocityRoute("POST", Path, Permission.Admin, CreateAsync);
        yield return new CumulocityRoute("GET", $"{Path}/{{id}}", Permission.Read, GetAsync);
        yield return new CumulocityRoute("PUT", $"{Path}/{{id}}", Permission.Admin, UpdateAsync);
        yield return new CumulocityRoute("DELETE", $"{Path}/{{id}}", Permission.Admin, DeleteAsync);
    }

    private static bool MayLock(CumulocityRequest request) => request.Caller.Is(Roles.Operator);

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        SourceObjects.CheckWhole(request);
        var (items, hasMore) = await pages.ReadAsync(
            request,
            (limit, cursor) => rules.ListAsync(request.Tenant, limit, cursor, request.Cancellation)
        );
        return PageAnswer.Of(
            request,
            "retentionRules",
            "retentionrulecollection",
            items.Select(item => RetentionRuleJson.Of(item.Value, request.Urls)),
            hasMore,
            request.Page.WithTotals ? await rules.CountAsync(request.Tenant, request.Cancellation) : null
        );
    }

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        if (body["maximumAge"] is null)
        {
            throw CumulocityErrors.MissingFields(["maximumAge"]);
        }

        var rule = RetentionRuleJson.Merge(new RetentionRule { Id = "", Days = 1 }, body, MayLock(request));
        var made = await rules.CreateAsync(request.Tenant, rule, request.Cancellation);
        var document = RetentionRuleJson.Of(made, request.Urls);
        return CumulocityAnswer.Created(document, "retentionrule", (string)document["self"]!);
    }

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request)
    {
        SourceObjects.CheckWhole(request);
        return CumulocityAnswer.Ok(RetentionRuleJson.Of(await FindAsync(request), request.Urls), "retentionrule");
    }

    private async Task<CumulocityAnswer> UpdateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        CheckEditable(request, await FindAsync(request));
        try
        {
            var changed = await rules.UpdateAsync(
                request.Tenant,
                request["id"],
                rule => RetentionRuleJson.Merge(rule, body, MayLock(request)),
                request.Cancellation
            );
            return CumulocityAnswer.Ok(RetentionRuleJson.Of(changed, request.Urls), "retentionrule");
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            throw NotFound;
        }
    }

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request)
    {
        CheckEditable(request, await FindAsync(request));
        try
        {
            await rules.DeleteAsync(request.Tenant, request["id"], request.Cancellation);
            return CumulocityAnswer.NoContent;
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            throw NotFound;
        }
    }

    private static CumulocityException NotFound => CumulocityErrors.NotFound("retention", "Retention rule not found");

    private static void CheckEditable(CumulocityRequest request, RetentionRule rule)
    {
        if (!rule.Editable && !MayLock(request))
        {
            throw CumulocityErrors.Forbidden;
        }
    }

    private async Task<RetentionRule> FindAsync(CumulocityRequest request)
    {
        var id = request["id"];
        try
        {
            return id.Length <= 20 && id.All(char.IsAsciiDigit)
                ? (await rules.GetAsync(request.Tenant, id, request.Cancellation)).Value
                : throw NotFound;
        }
        catch (DomainException)
        {
            throw NotFound;
        }
    }
}
