@export()
@description('Tags of every resource.')
type tagsOf = {
  *: string
}

@export()
@description('Settings of the app by their names.')
type settingsOf = {
  *: string
}

@export()
@description('What makes names unique in the world.')
func tokenOf(subscriptionId string, environmentName string, location string) string =>
  uniqueString(subscriptionId, environmentName, location)

@export()
@description('Name of the app: it has to be known before the app is there.')
func appNameOf(subscriptionId string, environmentName string, location string) string =>
  'func-steward-${tokenOf(subscriptionId, environmentName, location)}'
