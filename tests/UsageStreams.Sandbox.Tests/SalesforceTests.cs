using System.Net;
using System.Text.Json.Nodes;
using UsageStreams.Sandbox.Faults;

namespace UsageStreams.Sandbox.Tests;

public sealed class SalesforceTests : SandboxTest
{
    [Fact]
    public async Task Each_record_of_a_collection_has_its_result_in_order()
    {
        var results = await UpsertAsync(Account("A-1", "Acme"), Account("A-2", null), Account("A-1", "again"), Account("A-3", "Third"));
        results.Select(result => result!["success"]!.GetValue<bool>()).ShouldBe([true, false, false, true]);
        Code(results[1]).ShouldBe("REQUIRED_FIELD_MISSING");
        Code(results[2]).ShouldBe("DUPLICATE_VALUE");
        Server.Summary.Crm.Records["Account"].ShouldBe(2);
    }

    [Fact]
    public async Task The_second_upsert_updates()
    {
        var created = (await UpsertAsync(Account("A-1", "Acme")))[0]!;
        var updated = (await UpsertAsync(Account("A-1", "Acme Corp")))[0]!;
        created["created"]!.GetValue<bool>().ShouldBeTrue();
        updated["created"]!.GetValue<bool>().ShouldBeFalse();
        updated["id"]!.GetValue<string>().ShouldBe(created["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task With_all_or_none_one_wrong_record_undoes_all()
    {
        var results = await UpsertAsync(true, Account("A-1", "Acme"), Account("A-2", null));
        Code(results[0]).ShouldBe("ALL_OR_NONE_OPERATION_ROLLED_BACK");
        Code(results[1]).ShouldBe("REQUIRED_FIELD_MISSING");
        Server.Summary.Records.ShouldBeEmpty();
    }

    [Fact]
    public async Task More_than_200_records_are_refused_whole()
    {
        var instance = await Client.SignInToSalesforceAsync();
        using var answer = await SendAsync(instance, false, [.. Enumerable.Range(0, 201).Select(i => Account($"A-{i}", "x"))]);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await Client.JsonAsync(answer))[0]!["errorCode"]!.GetValue<string>().ShouldBe("EXCEEDED_MAX_SIZE_REQUEST");
    }

    [Fact]
    public async Task A_refusal_hits_its_record_only()
    {
        Server.Faults.Add(new SandboxFault { System = SandboxSystem.Salesforce, Kind = FaultKind.Refuse, ExternalId = "A-2", Message = "no" });
        var results = await UpsertAsync(Account("A-1", "Acme"), Account("A-2", "Bad"));
        results[0]!["success"]!.GetValue<bool>().ShouldBeTrue();
        results[1]!["errors"]![0]!["message"]!.GetValue<string>().ShouldBe("no");
    }

    [Fact]
    public async Task A_single_upsert_and_a_read_by_external_id_work_and_tell_the_limit()
    {
        var address = $"{await Client.SignInToSalesforceAsync()}/services/data/v68.0/sobjects/Account/UB_External_Id__c/A%201";
        using var created = await Client.PatchAsync(address, """{"Name":"Acme","UB_Score__c":7.5}""");
        using var updated = await Client.PatchAsync(address, """{"UB_Score__c":8}""");
        using var wrong = await Client.PatchAsync(address, """{"Colour":"red"}""");
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        created.Headers.GetValues("Sforce-Limit-Info").ShouldBe(["api-usage=1/15000"]);
        updated.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Client.JsonAsync(wrong))[0]!["errorCode"]!.GetValue<string>().ShouldBe("INVALID_FIELD");
        var record = await Client.GetAsync(address);
        record["Name"]!.GetValue<string>().ShouldBe("Acme");
        record["UB_Score__c"]!.GetValue<decimal>().ShouldBe(8);
    }

    private async Task<JsonArray> UpsertAsync(params JsonObject[] records) => await UpsertAsync(false, records);

    private async Task<JsonArray> UpsertAsync(bool allOrNone, params JsonObject[] records)
    {
        using var answer = await SendAsync(await Client.SignInToSalesforceAsync(), allOrNone, records);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await Client.JsonAsync(answer)).AsArray();
    }

    private Task<HttpResponseMessage> SendAsync(string instance, bool allOrNone, JsonObject[] records)
    {
        var body = new JsonObject { ["allOrNone"] = allOrNone, ["records"] = new JsonArray([.. records]) };
        return Client.PatchAsync($"{instance}/services/data/v68.0/composite/sobjects/Account/UB_External_Id__c", body.ToJsonString());
    }

    private static JsonObject Account(string externalId, string? name)
    {
        var record = new JsonObject { ["attributes"] = new JsonObject { ["type"] = "Account" }, ["UB_External_Id__c"] = externalId };
        if (name is not null) record["Name"] = name;
        return record;
    }

    private static string Code(JsonNode? result) => result!["errors"]![0]!["statusCode"]!.GetValue<string>();
}
